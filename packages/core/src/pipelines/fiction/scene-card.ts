import { digest } from '@orc/cache';

import type { Brief } from './brief.ts';
import type { ChapterReply, Plot } from './schemas.ts';
import { split } from './word-budget.ts';

/** Which part of the book a scene is, so that scenes written at once share no material. */
export interface ScenePartition {
  /** Names the book: the same for all of its scenes. */
  readonly book: string;
  /** The chapter, from 1. */
  readonly chapter: number;
  /** Chapters in all. */
  readonly of: number;
  /** The scene in its chapter, from 1. */
  readonly scene: number;
  /** Scenes in the chapter. */
  readonly scenes: number;
}

/** All that a scene is written from. */
export type SceneCard = ChapterReply['scenes'][number] & {
  /** Words to write. */
  readonly targetWords: number;
  /** Its part of the book. */
  readonly partition: ScenePartition;
  /** The state before; only the first scene of a chapter has it. */
  readonly entry?: string;
  /** The state after; only the last scene of a chapter has it. */
  readonly exit?: string;
};

/** A chapter, planned: its contract, its cards, its words. */
export interface ChapterPlan {
  /** The chapter, from 1. */
  readonly number: number;
  /** Its title. */
  readonly title: string;
  /** What happens in it. */
  readonly summary: string;
  /** The state in which it begins. */
  readonly entry: string;
  /** The state in which it ends. */
  readonly exit: string;
  /** Its words. */
  readonly words: number;
  /** Its scenes. */
  readonly cards: readonly SceneCard[];
}

/** What the plot says of a chapter; a plot that is a chapter short is carried on from the state it ended in. */
export function plotChapter(plot: Plot, number: number): Plot['chapters'][number] {
  const found = plot.chapters.find((chapter) => chapter.number === number) ?? plot.chapters[number - 1];
  if (found !== undefined) return { ...found, number };
  const last = plot.chapters.at(-1) as Plot['chapters'][number];
  return {
    number,
    title: `Chapter ${number}`,
    purpose: 'Carries the story on.',
    entry: last.exit,
    exit: last.exit,
    events: [],
    places: last.places,
  };
}

/** Turns a model's plan into cards whose words add up to the chapter's, whatever number of scenes it came back with. */
export function planChapter(brief: Brief, plot: Plot, number: number, reply: ChapterReply): ChapterPlan {
  const budget = brief.chapters[number - 1] ?? { number, words: 500, scenes: [500] };
  const { entry, exit, title } = plotChapter(plot, number);
  const scenes = reply.scenes.slice(0, budget.scenes.length);
  const targets = scenes.length === budget.scenes.length ? budget.scenes : split(budget.words, scenes.length);
  const book = digest(JSON.stringify(plot)).slice(0, 12);
  return {
    number,
    title: title === '' ? reply.title : title,
    summary: reply.summary,
    entry,
    exit,
    words: budget.words,
    cards: scenes.map((scene, index) => ({
      ...scene,
      targetWords: targets[index] ?? 1,
      ...(index === 0 ? { entry } : {}),
      ...(index === scenes.length - 1 ? { exit } : {}),
      partition: { book, chapter: number, of: brief.chapters.length, scene: index + 1, scenes: scenes.length },
    })),
  };
}

/** The key of a chapter's task: `c01`. */
export function chapterKey(number: number): string {
  return `c${String(number).padStart(2, '0')}`;
}
