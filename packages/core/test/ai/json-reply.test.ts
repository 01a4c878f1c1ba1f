import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { forms } from '../../src/ai/reply/coerce.ts';
import { jsonCandidates } from '../../src/ai/reply/json-candidates.ts';
import { readJsonReply } from '../../src/ai/reply/read-json.ts';

const schema = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    score: { type: 'number', minimum: 0, maximum: 1 },
    points: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 3 },
    note: { type: 'string' },
  },
  required: ['title', 'score', 'points'],
  additionalProperties: false,
} as const;
const good = { title: 'Tides', score: 0.7, points: ['Moon', 'Sun', 'Coast'] };
const text = JSON.stringify(good);

describe('The value of a reply', () => {
  it.each([
    ['alone', text],
    ['behind a byte order mark', `\uFEFF${text}`],
    ['in a fence', `Here:\n\`\`\`json\n${text}\n\`\`\`\nDone.`],
    ['in a fence that is not closed', `\`\`\`json\n${text}`],
    [
      'in the second fence, where the first shows the schema',
      `\`\`\`json\n{"type":"object"}\n\`\`\`\nand\n\`\`\`\n${text}\n\`\`\``,
    ],
    ['between sentences with brackets', `Here it is [as requested]:\n${text}\nNote: {all fields} are filled.`],
    ['behind a bracket that is never closed', `A list [of three. ${text}`],
  ])('is found %s', async (_where, reply) => {
    expect(await readJsonReply(reply, schema)).toEqual({ problem: undefined, value: good, changes: [] });
  });

  it.each([
    ['in single quotes', "{'title':'Tides','score':0.7,'points':['Moon','Sun','Coast']}"],
    ['in Python’s words', '{"title": "Tides", "score": 0.7, "points": ["Moon", "Sun", "Coast"], "note": None}'],
    ['with comments', '{"title": "Tides", // a title\n "score": 0.7, "points": ["Moon", "Sun", "Coast"] /* three */}'],
    ['with a comma at the end', '{"title": "Tides", "score": 0.7, "points": ["Moon", "Sun", "Coast"],}'],
    ['without quotes around names', '{title: "Tides", score: 0.7, points: ["Moon", "Sun", "Coast"]}'],
    ['wrapped', JSON.stringify({ reply: good })],
    ['in the form of the schema', JSON.stringify({ type: 'object', properties: good })],
    ['as the one item of a list', JSON.stringify([good])],
    ['as a text of JSON', JSON.stringify(text)],
    ['with a number in quotes', JSON.stringify({ ...good, score: '0.7' })],
    ['with null for what may be absent', JSON.stringify({ ...good, note: null })],
    ['with a member that nobody asked for', JSON.stringify({ ...good, confidence: 'high' })],
    ['with a list in one text', JSON.stringify({ ...good, points: 'Moon, Sun, Coast' })],
    ['with too long a list', JSON.stringify({ ...good, points: [...good.points, 'Wind'] })],
  ])('is taken %s, and said to be', async (_how, reply) => {
    const read = await readJsonReply(reply, schema);
    expect(read).toMatchObject({ problem: undefined, value: good });
    expect((read as { changes: readonly string[] }).changes).not.toEqual([]);
  });

  it('keeps a line break that a model has written into a text', async () => {
    const read = await readJsonReply('{"title":"Tides\nand more","score":0.7,"points":["a","b"]}', schema);
    expect(read).toMatchObject({ value: { title: 'Tides\nand more' } });
  });

  it.each([
    ['a score out of ten', JSON.stringify({ ...good, score: 7 }), /score/],
    ['a missing member', JSON.stringify({ title: 'x', points: ['a', 'b'] }), /score/],
    ['too short a list', JSON.stringify({ ...good, points: ['a'] }), /points/],
    ['what was cut', text.slice(0, 40), /not JSON/],
    ['no JSON', 'Sorry.', /not JSON/],
  ])('is not made up: %s', async (_what, reply, problem) => {
    expect(await readJsonReply(reply, schema)).toMatchObject({ problem: expect.stringMatching(problem) as string });
  });
});

describe('A form of a value', () => {
  const simple = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());

  it('is the value itself where it satisfies its schema, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.record({ text: fc.string(), list: fc.array(fc.string(), { maxLength: 3 }), open: fc.jsonValue() }),
        (value) => {
          const own = {
            type: 'object',
            properties: {
              text: { type: 'string' },
              list: { type: 'array', items: { type: 'string' }, maxItems: 3 },
              open: {},
            },
            required: ['text', 'list', 'open'],
            additionalProperties: false,
          };
          const [first] = forms(value, own);
          expect(first?.value).toBe(value);
          expect(first?.changes).toEqual([]);
        },
      ),
    );
  });

  it('holds no text, number or boolean that the value did not hold', () => {
    const leaves = (value: unknown): readonly string[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];
    const own = {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'boolean' }, c: { type: 'string' }, d: { type: 'object' } },
      additionalProperties: false,
    };
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), simple), (value) => {
        const before = leaves(value).map((leaf) => leaf.trim().toLowerCase());
        for (const form of forms(value, own))
          for (const leaf of leaves(form.value)) {
            const plain = leaf.trim().toLowerCase();
            expect(before.some((one) => one === plain || Number(one) === Number(plain) || one.includes(plain))).toBe(
              true,
            );
          }
      }),
    );
  });
});

describe('The candidates of a text', () => {
  it('are found in one pass, however many brackets and quotes there are', () => {
    for (const unit of ['[', '{', '"', "'", '[{"', '\\"', '```\n', '{"a":"', '[] ']) {
      const long = unit.repeat(Math.ceil(1_000_000 / unit.length));
      expect(jsonCandidates(long).length).toBeLessThanOrEqual(50);
    }
  });
});
