import type { Brief } from './brief.ts';
import type { Characters, Critique, Plot, Premise, Settings, Style } from './schemas.ts';
import type { SceneCard } from './scene-card.ts';

/** JSON for a section of a prompt; nothing in it can close the section. */
export function json(value: unknown): string {
  return JSON.stringify(value).replace(/</gu, '\\u003c');
}

const planner = `You plan fiction. You think in causes: every event follows from what somebody wants and what stands in the way.
Keep every name exactly as given. Use the words of the request; the story is about what it says. Answer with the JSON that is asked for.`;

const writer = `You write fiction, one scene at a time, from a card. Other scenes of the same book are being written by others at this moment from their own cards,
so the card and the plot are the contract:
- Everything on the card happens, in the place it names, with the people it names, and nothing that belongs to another card does.
- Begin in the state before the scene and end in the state after it; do not sum up, do not announce what comes.
- Names, pronouns, trades and places stay exactly as given. Tense and point of view are those of the style sheet.
- Concrete nouns, active verbs, varied openings. Dialogue that answers beside the question. No sentence twice.
- Write prose only: no heading, no list, no remark about the task.
- The word target counts. Stay within ten per cent of it.`;

/** The start of every planning prompt: the same from call to call. */
export function planningPrefix(brief: Brief, premise?: Premise): string {
  return `${planner}\n<brief>${json(brief)}</brief>${premise === undefined ? '' : `\n<premise>${json(premise)}</premise>`}`;
}

/** Everything about a book that each of its scenes has to respect. */
export interface Bible {
  readonly brief: Brief;
  readonly premise: Premise;
  readonly characters: Characters;
  readonly settings: Settings;
  readonly style?: Style | undefined;
  readonly plot?: Plot | undefined;
}

function bibleSections(bible: Bible): string {
  return [
    `<brief>${json(bible.brief)}</brief>`,
    `<premise>${json(bible.premise)}</premise>`,
    `<characters>${json(bible.characters)}</characters>`,
    `<settings>${json(bible.settings)}</settings>`,
    ...(bible.style === undefined ? [] : [`<style>${json(bible.style)}</style>`]),
    ...(bible.plot === undefined ? [] : [`<plot>${json(bible.plot)}</plot>`]),
  ].join('\n');
}

/** The start of a planning prompt that sees people, places and plot. */
export function bookPrefix(bible: Bible): string {
  return `${planner}\n${bibleSections(bible)}`;
}

/** The start of every prompt that asks for prose: the longest part of it, and the same for each scene of the book. */
export function writingPrefix(bible: Bible): string {
  return `${writer}\n${bibleSections(bible)}`;
}

/** Asks for a scene. */
export function scenePrompt(
  card: SceneCard,
  neighbours: { readonly before?: SceneCard | undefined; readonly after?: SceneCard | undefined },
  ending?: string,
): string {
  const short = (other: SceneCard | undefined): string =>
    other === undefined ? 'none' : json({ place: other.place, goal: other.goal, outcome: other.outcome });
  return [
    '<task>scene</task>',
    `<card>${json(card)}</card>`,
    `<before>${short(neighbours.before)}</before>`,
    `<after>${short(neighbours.after)}</after>`,
    ...(ending === undefined
      ? []
      : [`<ending_of_previous_scene>${ending.replace(/</gu, '‹')}</ending_of_previous_scene>`]),
    `<target>${card.targetWords}</target>`,
    `Write this scene in about ${card.targetWords} words. The scenes before and after are told elsewhere: do not tell them here.`,
  ].join('\n');
}

/** Asks for a scene once more at another length. */
export function fitPrompt(card: SceneCard, draft: string, words: number, ask: number): string {
  const direction = ask < words ? 'Tighten' : 'Expand';
  return [
    '<task>fit</task>',
    `<card>${json(card)}</card>`,
    `<draft>\n${draft.replace(/</gu, '‹')}\n</draft>`,
    `<target>${ask}</target>`,
    `The draft has ${words} words. ${direction} it to about ${ask} words: same events, same people, same end. Cut or deepen, do not pad. Return the whole scene.`,
  ].join('\n');
}

/** Asks for a judgement of a chapter. */
export function critiquePrompt(
  chapter: { readonly number: number; readonly title: string; readonly cards: readonly SceneCard[] },
  text: string,
  metrics: unknown,
): string {
  return [
    '<task>critique</task>',
    `<chapter>${chapter.number}</chapter>`,
    `<cards>${json(chapter.cards)}</cards>`,
    `<metrics>${json(metrics)}</metrics>`,
    `<draft>\n${text.replace(/</gu, '‹')}\n</draft>`,
    'Judge this chapter as an editor who wants it printed. Score 0 to 1 for continuity, language, pacing, dialogue, and faithfulness to the plan; `score` is their mean.',
    'The metrics were measured: trust them. Notes name the place and say what to do; no note where nothing is wrong.',
  ].join('\n');
}

/** Asks for a better chapter. */
export function revisePrompt(
  chapter: { readonly number: number; readonly cards: readonly SceneCard[] },
  draft: string,
  critique: Critique,
  problems: readonly string[],
  target: number,
): string {
  return [
    '<task>revise</task>',
    `<chapter>${chapter.number}</chapter>`,
    `<cards>${json(chapter.cards)}</cards>`,
    `<notes>${json([...critique.notes, ...problems])}</notes>`,
    `<target>${target}</target>`,
    `<draft>\n${draft.replace(/</gu, '‹')}\n</draft>`,
    `Revise the chapter so that every note is dealt with and nothing else changes. About ${target} words. Keep the scene breaks (a line with * * *). Return the whole chapter, prose only.`,
  ].join('\n');
}
