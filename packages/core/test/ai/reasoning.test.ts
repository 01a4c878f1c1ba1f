import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ReasoningFilter, cleanReply } from '../../src/ai/reply/reasoning.ts';

const prose = 'A tide is the rise of the sea. <b>Really</b>, and “</s>” is no word.';

describe('A reply', () => {
  it.each([
    ['in a block', `<think>\nLet me see {x}.\n</think>\n\n${prose}`, 'Let me see {x}.'],
    ['in two blocks', `<think>One.</think><thinking>Two.</thinking>${prose}`, 'One.\nTwo.'],
    ['whose opening mark is gone', `Let me see.\n</think>\n${prose}`, 'Let me see.'],
    ['in another template', `[THINK]Let me see.[/THINK]${prose}`, 'Let me see.'],
    [
      'in a channel',
      `<|channel|>analysis<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>${prose}`,
      'Let me see.',
    ],
  ])('is what stands behind the thoughts: %s', (_how, reply, reasoning) => {
    const clean = cleanReply(reply);
    expect(clean.text.trim()).toBe(prose);
    expect(clean.reasoning).toBe(reasoning);
  });

  it.each(['<|im_end|>', '</s>', '<|eot_id|>\n', '<end_of_turn>\n<|endoftext|>'])('ends before a mark: %s', (tail) => {
    expect(cleanReply(`<|im_start|>assistant\n${prose}${tail}`).text).toBe(prose);
  });

  it('that is nothing but a thought without end holds no text', () => {
    expect(cleanReply('<think>Hmm, where was I')).toEqual({ text: '', reasoning: 'Hmm, where was I' });
  });

  it('without marks stays as it is, to the letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab <>/|[]\n'.split('')) }), (text) => {
        expect(cleanReply(text)).toEqual({ text, reasoning: '' });
      }),
    );
  });
});

describe('What is shown while a reply is written', () => {
  const marks = ['<think>', '</think>', 'a', ' ', '\n', '<', '<|im_start|>assistant', '<thi', '[THINK]', '[/THINK]'];

  it('holds none of the thoughts at its start, however the text is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 200, maxLength: 200 }), (cuts) => {
        const reply = `<think>secret thought</think>\n${prose}`;
        const filter = new ReasoningFilter();
        let shown = '';
        let at = 0;
        for (const cut of cuts) {
          if (at >= reply.length) break;
          shown += filter.push(reply.slice(at, at + cut));
          at += cut;
        }
        shown += filter.push(reply.slice(at)) + filter.end();
        expect(shown.trim()).toBe(prose);
      }),
    );
  });

  it('is a text’s own beginning whatever it begins with', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...marks), { maxLength: 8 }), (pieces) => {
        const filter = new ReasoningFilter();
        const shown = pieces.map((piece) => filter.push(piece)).join('') + filter.end();
        expect(pieces.join('')).toContain(shown);
        expect(shown.trimStart().toLowerCase().startsWith('<think>')).toBe(false);
      }),
    );
  });
});
