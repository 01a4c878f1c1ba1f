/** The words of one chapter and of its scenes. */
export interface ChapterBudget {
  /** The chapter, from 1. */
  readonly number: number;
  /** Its words. */
  readonly words: number;
  /** The words of its scenes; they add up to `words`. */
  readonly scenes: readonly number[];
}

/** Cuts a whole number into `parts` whole numbers that differ by at most 1 and add up to it. */
export function split(total: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, index) => Math.floor(((index + 1) * total) / parts) - Math.floor((index * total) / parts),
  );
}

function chapterCount(words: number): number {
  if (words < 700) return 1;
  if (words < 1600) return 2;
  return Math.min(30, Math.max(4, Math.round(words / 1000)));
}

function sceneCount(words: number): number {
  if (words <= 600) return Math.max(1, Math.min(2, Math.round(words / 250)));
  return Math.min(4, Math.max(2, Math.round(words / 550)));
}

/** The word budget of a story: the chapters add up to the total, and each chapter's scenes to the chapter, exactly. */
export function budgetWords(words: number, chapters?: number): ChapterBudget[] {
  const count = Math.max(1, Math.min(chapters ?? chapterCount(words), Math.floor(words / 25)));
  return split(words, count).map((chapterWords, index) => ({
    number: index + 1,
    words: chapterWords,
    scenes: split(chapterWords, sceneCount(chapterWords)),
  }));
}
