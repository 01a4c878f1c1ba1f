import { describe, expect, it } from 'vitest';

import { measureText, oneLetterApart } from '../src/pipelines/fiction/text-metrics.ts';

describe('the metrics of a chapter', () => {
  it('count words, sentences and the share of talk', () => {
    const metrics = measureText('“Come in,” said Mara. The door was open.', 10, ['Mara']);
    expect(metrics).toMatchObject({ words: 8, target: 10, sentences: 2, dialogueShare: 0.25 });
  });

  it('find a sentence that comes twice, case-folded, from six words on', () => {
    const text = 'The light went out over the bay. Mara waited. Mara waited. THE LIGHT WENT OUT over the bay!';
    expect(measureText(text, 10, []).repeatedSentences).toEqual(['the light went out over the bay']);
  });

  it('find an opening that comes more than twice', () => {
    const text = 'She went to town. She went to sea. She went to bed. He went to sea.';
    expect(measureText(text, 10, []).repeatedOpenings).toEqual(['she went to']);
  });

  it('find a phrase that comes more than three times', () => {
    const text = 'In the old house. Past in the old house. Of in the old house. By in the old house.';
    expect(measureText(text, 10, []).repeatedPhrases).toContain('in the old house');
  });

  it('find a name that drifted by one letter', () => {
    expect(measureText('There stood Mara, and later Marra, and then Petra.', 10, ['Mara', 'Petra']).nameDrift).toEqual([
      'Marra',
    ]);
    expect(oneLetterApart('Mara', 'Mira')).toBe(true);
    expect(oneLetterApart('Mara', 'Marco')).toBe(false);
    expect(oneLetterApart('Mara', 'Mara')).toBe(false);
  });

  it('call short words easier to read than long ones', () => {
    const easy = measureText('The cat sat on the mat. The dog ran.', 10, []).readability;
    const hard = measureText(
      'Institutional considerations necessitated extraordinary administrative reorganisation.',
      10,
      [],
    ).readability;
    expect(easy).toBeGreaterThan(hard);
  });

  it('survive an empty text', () => {
    expect(measureText('', 10, [])).toMatchObject({ words: 0, sentences: 0, dialogueShare: 0, readability: 0 });
  });
});
