import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { RunReport } from '@orc/core';
import { chromium } from 'playwright-core';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { dot, mermaid } from '../src/output/graph.ts';
import { htmlReport } from '../src/report/html-report.ts';
import { codeSpan, markdown } from '../src/report/markdown.ts';
import { markdownReport } from '../src/report/markdown-report.ts';
import { leftOut } from './support/left-out.ts';
import { storyReport } from './support/story-report.ts';

const executablePath = process.env['ORC_CHROMIUM'] ?? '/usr/bin/chromium';
const withoutBrowser = leftOut(
  'a hostile report in a browser',
  existsSync(executablePath) ? undefined : 'chromium is not installed',
);

/** The report with a text in place of every text, and of every number that no figure is drawn from. */
function hostile(text: string): RunReport {
  const drawn = /^(?:startMs|endMs|row|durationMs|atMs|running|startedAt|lane|schema|id|needs|phase|utilisation)$/;
  const spoil = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((each) => spoil(each, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, name)]));
    if (typeof value === 'string') return drawn.test(key) ? value : `${value}${text}`;
    // Where the type says number, a file may say anything.
    return typeof value === 'number' && /^(?:workers|peak|attempt|restored|seed|kept|found|keys|speculated)$/.test(key)
      ? text
      : value;
  };
  return spoil(storyReport()) as RunReport;
}

const attack = (url: string): string =>
  `"'></title></style></svg></section><meta http-equiv=refresh content="0;url=${url}/refresh"><base href="${url}"><form action="${url}/form" id=f><button autofocus>x</button></form><img src=${url}/img><link rel=stylesheet href=${url}/css><iframe src=${url}/frame></iframe><script>fetch("${url}/script")</script>`;

describe('a report that somebody else wrote', () => {
  it('as HTML is text: whatever its members hold, the elements are those of an honest one', () => {
    const tags = (page: string): readonly string[] => page.match(/<\/?[a-zA-Z!][^\s>]*/g) ?? [];
    expect(tags(htmlReport(hostile(attack('http://127.0.0.1:1'))))).toEqual(tags(htmlReport(storyReport())));
    expect(htmlReport(storyReport())).toContain("form-action 'none'; base-uri 'none'");
  });

  it.skipIf(withoutBrowser)('in a browser goes nowhere and asks for nothing', { timeout: 60_000 }, async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('PWNED');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(folderOfTest(), 'report.html');
    writeFileSync(file, htmlReport(hostile(attack(url))));
    const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    try {
      const page = await browser.newPage();
      await page.goto(`file://${file}`);
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))');
      expect(await page.locator('form, iframe, script, img, base, meta[http-equiv=refresh]').count()).toBe(0);
      expect(page.url()).toBe(`file://${file}`);
      expect(asked).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  });

  it('as Markdown is text: no element, no link, no end of a cell, a code span or the fence', () => {
    const page = markdownReport(hostile('` | <img src=x> [a](http://x) **b** ```\n```\n# c &lt; $d$'));
    const outside = page.replaceAll(/````.*?````/g, '');
    expect(outside).not.toMatch(/(?<!\\)<img|(?<!\\)\[a\]|(?<!\\)\*\*b/);
    expect(page.split('\n').filter((line) => line.startsWith('```'))).toEqual(['```mermaid', '```']);
    expect(page.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(1);
    for (const line of page.split('\n').filter((each) => each.startsWith('|')))
      expect(line.replaceAll(/\\./g, '').split('|')).toHaveLength(11);
  });

  it('a code span holds any text', () => {
    expect(String(codeSpan('a`b``c'))).toBe('``` a`b``c ```');
    expect(String(markdown`x ${codeSpan('`')} ${'<b>'} ${3}`)).toBe('x `` ` `` \\<b\\> 3');
  });

  it('as Mermaid and Graphviz has one line for each node and edge', () => {
    const nodes = ['a-b', 'a_b', 'end', 'x"]\nclick a call alert()', '`<i>`'].map((id, index, all) => ({
      id,
      needs: index === 0 ? [] : [all[index - 1] ?? ''],
      fanOut: index % 2 === 0,
    }));
    const lines = mermaid(nodes).split('\n');
    expect(lines).toHaveLength(1 + 5 + 4);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}\w+(?:\[\["[^"<>`]*"\]\]|\["[^"<>`]*"\]| --> \w+)$/);
    expect(new Set(lines.slice(1, 6).map((line) => /^ {2}(\w+)/.exec(line)?.[1])).size).toBe(5);
    for (const line of dot(nodes).split('\n').slice(2, -1))
      expect(line).toMatch(/^ {2}"(?:[^"\\]|\\.)*"(?: \[peripheries=2\]| -> "(?:[^"\\]|\\.)*")?;$/);
  });
});
