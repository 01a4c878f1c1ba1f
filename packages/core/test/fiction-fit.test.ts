import { describe, expect, it } from 'vitest';

import { cleanProse, cutToTarget, fitRequest, nearer, needsFit } from '../src/pipelines/fiction/prose.ts';

const sceneOf = (text: string, target: number) => ({
  scene: 1,
  text,
  words: text.split(/\s+/u).filter(Boolean).length,
  target,
});
const sentences = (count: number): string =>
  Array.from({ length: count }, (_, index) => `Sentence ${index} has exactly six words.`).join(' ');

describe('fitting a scene to its words', () => {
  it('is asked for beyond a quarter, either way', () => {
    expect(needsFit(sceneOf(sentences(21), 100))).toBe(true);
    expect(needsFit(sceneOf(sentences(20), 100))).toBe(false);
    expect(needsFit(sceneOf(sentences(12), 100))).toBe(true);
    expect(needsFit(sceneOf(sentences(13), 100))).toBe(false);
  });

  it('asks for the target divided by the ratio that was measured', () => {
    expect(fitRequest({ ...sceneOf('', 100), words: 140 })).toBe(71);
    expect(fitRequest({ ...sceneOf('', 100), words: 60 })).toBe(167);
    expect(fitRequest({ ...sceneOf('', 100), words: 1 })).toBe(400);
  });

  it('cuts at the end of a sentence, nearest to the target', () => {
    const cut = cutToTarget(sceneOf(sentences(30), 100));
    expect(cut.words).toBe(102);
    expect(cut.text.endsWith('words.')).toBe(true);
    expect(cutToTarget(sceneOf(sentences(17), 100)).words).toBe(102);
  });

  it('keeps the try that is nearer', () => {
    const [long, short] = [sceneOf(sentences(30), 100), sceneOf(sentences(16), 100)];
    expect(nearer(long, short)).toBe(short);
    expect(nearer(short, long)).toBe(short);
  });

  it('takes off what models put around prose', () => {
    expect(cleanProse('```markdown\n## Scene 1\n\nShe waited.\r\n\n\n\nHe came.\n```\n')).toBe(
      'She waited.\n\nHe came.',
    );
  });
});
