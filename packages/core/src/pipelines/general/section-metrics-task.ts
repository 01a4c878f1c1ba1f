/** What a worker thread measures of a section. */
export interface SectionMetrics {
  /** Words. */
  readonly words: number;
  /** Sentences. */
  readonly sentences: number;
  /** Flesch reading ease (Flesch, 1948): 206.835 − 1.015 × words per sentence − 84.6 × syllables per word. */
  readonly readingEase: number;
  /** Sequences of four words that occur more than once, most frequent first, ten at most. */
  readonly repeated: readonly { readonly words: string; readonly count: number }[];
}

const vowelGroups = /[aeiouyáàâäéèêëíìîïóòôöúùûü]+/g;

function syllablesOf(word: string): number {
  const groups = word.match(vowelGroups)?.length ?? 0;
  // A final silent e is no syllable of its own.
  return Math.max(1, word.endsWith('e') && groups > 1 ? groups - 1 : groups);
}

/** Measures a section; runs on a worker thread. */
export function measureSection(input: { readonly text: string }): SectionMetrics {
  const words = input.text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu) ?? [];
  // Of a run of marks the last one alone has the end behind it.
  const sentences = Math.max(1, input.text.match(/[.!?](?=\s|$|["”’])/g)?.length ?? 0);
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0);
  const counts = new Map<string, number>();
  for (let index = 0; index + 4 <= words.length; index += 1) {
    const gram = words.slice(index, index + 4).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  const repeated = [...counts]
    .filter(([, count]) => count > 1)
    .toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .slice(0, 10)
    .map(([gram, count]) => ({ words: gram, count }));
  const ease =
    words.length === 0 ? 0 : 206.835 - 1.015 * (words.length / sentences) - 84.6 * (syllables / words.length);
  return { words: words.length, sentences, readingEase: Math.round(ease * 10) / 10, repeated };
}
