import { readTopic } from '../../ai/scribe/topic.ts';
import { budgetWords, type ChapterBudget } from './word-budget.ts';
import { readChapterCount, readWordTarget } from './word-target.ts';

/** What is to be written, worked out from the request without a model. */
export interface Brief {
  /** The request as it was made. */
  readonly request: string;
  /** Words in all. */
  readonly words: number;
  /** The subject as a noun phrase. */
  readonly topic: string;
  /** The subject's noun. */
  readonly motif: string;
  /** Whether that is a living thing. */
  readonly creature: boolean;
  /** The kind of story. */
  readonly genre: string;
  /** Who tells it. */
  readonly pov: 'first person' | 'third person, close';
  /** A place that the request names. */
  readonly place?: string;
  /** What the hero is, when the request says so. */
  readonly role?: string;
  /** Words of the request that the story must carry. */
  readonly keywords: readonly string[];
  /** The word budget. */
  readonly chapters: readonly ChapterBudget[];
}

/** Works out the brief. `words` wins over what the text says. */
export function makeBrief(text: string, words: number | undefined): Brief {
  const topic = readTopic(text);
  const total = words ?? readWordTarget(text);
  return {
    request: text,
    words: total,
    topic: topic.topic,
    motif: topic.motif,
    creature: topic.creature,
    genre: topic.genre,
    pov: /\bfirst[- ]person\b/iu.test(text) ? 'first person' : 'third person, close',
    ...(topic.place === undefined ? {} : { place: topic.place }),
    ...(topic.role === undefined ? {} : { role: topic.role }),
    keywords: topic.keywords,
    chapters: budgetWords(total, readChapterCount(text)),
  };
}
