import { countWords, splitSentences, wordsOf } from '../../ai/scribe/sentences.ts';

/** What was measured in a chapter. */
export interface ChapterMetrics {
  /** Words. */
  readonly words: number;
  /** Words it should have. */
  readonly target: number;
  /** Sentences. */
  readonly sentences: number;
  /** Flesch reading ease: 60 to 70 is plain English, more is easier. */
  readonly readability: number;
  /** Share of the words that stand in quotation marks. */
  readonly dialogueShare: number;
  /** Sentences of six words or more that come more than once. */
  readonly repeatedSentences: readonly string[];
  /** First three words that open more than two sentences. */
  readonly repeatedOpenings: readonly string[];
  /** Runs of four words that come more than three times. */
  readonly repeatedPhrases: readonly string[];
  /** Words that look like a misspelt name of the cast. */
  readonly nameDrift: readonly string[];
}

/** Syllables of an English word, estimated from its vowels. */
function syllables(word: string): number {
  const groups = word.replace(/(?:[^laeiouy]es|ed|[^laeiouy]e)$/u, '').match(/[aeiouy]{1,2}/gu);
  return Math.max(1, groups?.length ?? 1);
}

function countBy(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function above(items: readonly string[], limit: number): string[] {
  return [...countBy(items)].filter(([, count]) => count > limit).map(([item]) => item);
}

/** Whether two words differ by one letter: one more, one less, or another one. */
export function oneLetterApart(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}

/** Words inside of sentences that look like a name of the cast but are not. */
function findNameDrift(text: string, names: readonly string[]): string[] {
  const known = new Set(names);
  const inside = text.match(/(?<=\p{Ll},? )\p{Lu}\p{Ll}{2,}/gu) ?? [];
  return [...new Set(inside)].filter(
    (word) => !known.has(word) && names.some((name) => name.length > 3 && oneLetterApart(word, name)),
  );
}

/** What stands in quotation marks. */
function quoted(text: string, open: string, close: string): string[] {
  const parts: string[] = [];
  for (let start = text.indexOf(open); start !== -1;) {
    const end = text.indexOf(close, start + 1);
    if (end === -1) break;
    parts.push(text.slice(start + 1, end));
    start = text.indexOf(open, end + 1);
  }
  return parts;
}

/** Measures a chapter. `names` are the first and family names of the cast. */
export function measureText(text: string, target: number, names: readonly string[]): ChapterMetrics {
  const sentences = splitSentences(text.replace(/^[#*].*$/gmu, ''));
  const words = wordsOf(text);
  const count = countWords(text);
  const curly = quoted(text, '“', '”');
  const spoken = (curly.length > 0 ? curly : quoted(text, '"', '"')).reduce((sum, part) => sum + countWords(part), 0);
  const syllableCount = words.reduce((sum, word) => sum + syllables(word), 0);
  const ease =
    count === 0 ? 0 : 206.835 - 1.015 * (count / Math.max(1, sentences.length)) - 84.6 * (syllableCount / count);
  const inSentences = sentences.map(wordsOf);
  const long = inSentences.filter((sentence) => sentence.length >= 6).map((sentence) => sentence.join(' '));
  const openings = inSentences
    .filter((sentence) => sentence.length >= 3)
    .map((sentence) => sentence.slice(0, 3).join(' '));
  const phrases = words
    .slice(3)
    .map((last, index) => `${words[index]} ${words[index + 1]} ${words[index + 2]} ${last}`);
  return {
    words: count,
    target,
    sentences: sentences.length,
    readability: Math.round(ease * 10) / 10,
    dialogueShare: count === 0 ? 0 : Math.round((spoken / count) * 1000) / 1000,
    repeatedSentences: above(long, 1),
    repeatedOpenings: above(openings, 2),
    repeatedPhrases: above(phrases, 3),
    nameDrift: findNameDrift(text, names),
  };
}
