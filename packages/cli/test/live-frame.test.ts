import type { OrcEvent } from '@orc/core';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { applyEvent, initialRunState, type RunState } from '../src/state/run-state.ts';
import { liveLines } from '../src/ui/frame.ts';
import { asciiMarks, unicodeMarks, type Line } from '../src/ui/phase-line.ts';
import { storyEvents } from './support/story-events.ts';

const textOf = (line: Line): string => line.map((piece) => piece.text).join('');
const stateAfter = (events: readonly OrcEvent[]): RunState => events.reduce(applyEvent, initialRunState);
const midway = (options = {}): RunState => stateAfter(storyEvents({ until: 'scenes', ...options }));

function frame(state: RunState, columns: number, rows: number, details = false): readonly string[] {
  const lines = liveLines(state, {
    columns,
    rows,
    elapsedMs: 5200,
    frame: 0,
    details,
    keys: true,
    cancelling: false,
    asking: false,
    marks: unicodeMarks,
  });
  return lines.map(textOf);
}

describe('the live part of the view', () => {
  it('at 80×24 shows what runs, what follows, what is written, how far it is and what it costs', () => {
    expect(frame(midway(), 80, 24)).toMatchInlineSnapshot(`
      [
        "  ⠋ Scenes          5.2 s  9/20   ━━━━━━━━━━━─────────────  1 retry  ",
        "    then Metrics, Assemble",
        "",
        "  │ The hull sang softly as the stars turned.",
        "  │ ",
        "  │ ",
        "",
        "  ━━━━━━━━━━━━━━━━━━──────────────────────  45 %  5.2 s  about 6 s left",
        "  4/4 workers · 13 % cached · 9.9k tokens · $0.0090 · 1 retry",
        "  q cancel · v details · p pause",
      ]
    `);
  });

  it('at 40×12 shows the same, cut to what fits', () => {
    expect(frame(midway(), 40, 12)).toMatchInlineSnapshot(`
      [
        "  ⠋ Scenes        5.2 s  9/20 ×1  ",
        "    then Metrics, Assemble",
        "",
        "  │ The hull sang softly as the stars",
        "  │ turned.",
        "  │ ",
        "",
        "  ━━━━━───────  45 %  5.2 s  ~6 s left",
        "  4/4 workers · 13 % cached · $0.0090",
        "  q cancel · v details · p pause",
      ]
    `);
  });

  it('with details adds the strategy and its reason, cache, workers and memory', () => {
    const lines = frame(midway(), 200, 60, true).join('\n');
    expect(lines).toContain('parallel: 4 phases are ready at once');
    expect(lines).toMatch(/cache +2 hits, 13 misses/);
    expect(lines).toMatch(/workers +4 of 4 busy/);
    expect(lines).toMatch(/memory +\d/);
  });

  it('counts wide characters as two columns', () => {
    const lines = frame(
      midway({ text: '宇宙船は静かな海を渡り、星の間を進んだ。', title: '場面の執筆と確認作業' }),
      60,
      24,
    );
    expect(lines.join('\n')).toContain('場面の執筆と確認作業');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(60);
  });

  it('never shows control sequences of a model', () => {
    const lines = frame(midway({ text: 'safe \u001B[2J\u001B]0;title\u0007text\u009B31m\r\n' }), 80, 24).join('\n');
    expect(lines).toContain('safe text');
    // oxlint-disable-next-line no-control-regex
    expect(lines).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
  });

  it('has a form in ASCII', () => {
    const lines = liveLines(midway(), {
      columns: 80,
      rows: 24,
      elapsedMs: 5200,
      frame: 1,
      details: false,
      keys: true,
      cancelling: false,
      asking: false,
      marks: asciiMarks,
    });
    // oxlint-disable-next-line no-control-regex
    for (const line of lines) expect(textOf(line)).toMatch(/^[\u0020-\u007E]*$/);
  });

  it('is never taller than the window less one line, nor wider than the window', () => {
    const states = [
      midway(),
      midway({ title: '場面 👩‍🚀 '.repeat(9) }),
      stateAfter(storyEvents({ until: 'start' })),
      stateAfter(storyEvents({ until: 'end' })),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...states),
        fc.integer({ min: 10, max: 220 }),
        fc.integer({ min: 3, max: 70 }),
        fc.boolean(),
        (state, columns, rows, details) => {
          const lines = frame(state, columns, rows, details);
          expect(lines.length).toBeLessThanOrEqual(rows - 1);
          for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
