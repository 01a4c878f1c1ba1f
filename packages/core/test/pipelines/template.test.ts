import { describe, expect, it } from 'vitest';

import { renderTemplate } from '../../src/pipelines/file/template.ts';

describe('A template', () => {
  it('writes texts as they are and anything else as JSON, with two braces or three', () => {
    const view = { text: '<b> & "c"', list: [1, { a: 2 }], count: 3 };
    expect(renderTemplate('{{text}} {{{text}}} {{&text}}', view)).toBe('<b> & "c" <b> & "c" <b> & "c"');
    expect(renderTemplate('{{list}} {{{list}}} {{count}}', view)).toBe('[1,{"a":2}] [1,{"a":2}] 3');
  });

  it('goes over lists, and sees the outer names inside', () => {
    const view = { parts: [{ name: 'a' }, { name: 'b' }], title: 'T' };
    expect(renderTemplate('{{#parts}}{{title}}:{{name}} {{/parts}}{{^none}}-{{/none}}', view)).toBe('T:a T:b -');
    expect(renderTemplate('{{#list}}{{.}},{{/list}}', { list: ['x', 'y'] })).toBe('x,y,');
  });

  it('reaches no prototype and calls nothing', () => {
    let called = false;
    const view = { item: { name: 'a' }, call: () => (called = true), text: 'abc' };
    for (const name of [
      'item.constructor',
      'constructor.constructor',
      'text.length',
      'item.__proto__',
      'item.toString',
      'call',
      '__defineGetter__',
    ])
      expect(renderTemplate(`[{{${name}}}{{#${name}}}body{{/${name}}}]`, view), name).toBe('[]');
    expect(renderTemplate('{{#item}}{{constructor.name}}{{toString}}{{/item}}', view)).toBe('');
    expect(called).toBe(false);
  });
});
