import { defineTask } from '@orc/scheduler';

import { countWords } from '../../ai/scribe/sentences.ts';
import { definePhase } from '../../pipeline/define-phase.ts';
import { each, within, type Phase } from '../../pipeline/phase.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import { brief, chapter, characters, plot, premise, settings, style } from './planning-phases.ts';
import type { MetricsInput } from './metrics-task.ts';
import { chosenScenes, cleanProse, joinScenes } from './prose.ts';
import { critiquePrompt, json, revisePrompt, writingPrefix } from './prompts.ts';
import { continuitySchema, critiqueSchema, type Characters, type Continuity, type Critique } from './schemas.ts';
import { measureText, type ChapterMetrics } from './text-metrics.ts';
import { fit, scene } from './writing-phases.ts';

/** From this score on a chapter is left as it is. */
const passingScore = 0.8;

/** First and family names of the cast. */
function namesOf(cast: Characters): string[] {
  return cast.characters.flatMap((person) => person.name.split(/\s+/u));
}

/** Measures each chapter on a worker thread as soon as its scenes stand. */
export const metrics: Phase<ChapterMetrics, true, false> = definePhase({
  id: 'metrics',
  kind: 'cpu',
  title: 'Metrics',
  needs: { characters, plan: each(chapter), written: within(scene), fitted: within(fit) },
  forEach: { phase: chapter },
  weight: 0.1,
  taskInput: ({ inputs }): MetricsInput => ({
    text: joinScenes(chosenScenes(inputs.written, inputs.fitted)),
    target: inputs.plan.words,
    names: namesOf(inputs.characters),
  }),
  run: defineTask<MetricsInput, ChapterMetrics>({
    module: new URL('./metrics-task.js', import.meta.url),
    export: 'measureChapter',
  }),
});

function excerpt(text: string, from: 'start' | 'end'): string {
  const words = text.split(/\s+/u);
  return (from === 'start' ? words.slice(0, 40) : words.slice(-40)).join(' ');
}

/** Looks for what does not fit together between chapters: their contract, and the first and last words of each. */
export const continuity: Phase<Continuity, false, false> = definePhase({
  id: 'continuity',
  kind: 'llm',
  title: 'Continuity',
  needs: { plot, plan: chapter, written: scene, fitted: fit },
  model: { temperature: 0.2 },
  outputSchema: continuitySchema,
  prompt: ({ inputs }) => {
    const summaries = inputs.plan.map(({ key, value }) => {
      const own = <T>(
        outputs: readonly { readonly key: string; readonly value: T }[],
      ): { readonly key: string; readonly value: T }[] => outputs.filter((output) => output.key.startsWith(`${key}/`));
      const text = joinScenes(chosenScenes(own(inputs.written), own(inputs.fitted)));
      return {
        number: value.number,
        entry: value.entry,
        exit: value.exit,
        summary: value.summary,
        begins: excerpt(text, 'start'),
        ends: excerpt(text, 'end'),
      };
    });
    return {
      system:
        'You check a book for continuity: who knows what, who is where, what is in whose hands, what has been said. You name what contradicts, and nothing else.',
      prompt: `<task>continuity</task>\n<plot>${json(inputs.plot)}</plot>\n<chapters>${json(summaries)}</chapters>\nName each contradiction with the chapter in which it should be put right. An empty list where there is none.`,
      schema: jsonSchemaOf(continuitySchema),
    };
  },
});

/** Judges each chapter. */
export const critique: Phase<Critique, true, false> = definePhase({
  id: 'critique',
  kind: 'llm',
  title: 'Critique',
  needs: { plan: each(chapter), written: within(scene), fitted: within(fit), metrics: each(metrics) },
  forEach: { phase: chapter },
  model: { temperature: 0.2 },
  outputSchema: critiqueSchema,
  prompt: ({ inputs }) => ({
    system:
      'You are the editor of a publishing house. You are fair, exact and hard to fool; you judge what is on the page.',
    prompt: critiquePrompt(inputs.plan, joinScenes(chosenScenes(inputs.written, inputs.fitted)), inputs.metrics),
    schema: jsonSchemaOf(critiqueSchema),
  }),
});

/** A revised chapter. */
export interface Revision {
  /** Its text, scene breaks included. */
  readonly text: string;
  /** Its words. */
  readonly words: number;
  /** Its score: the editor's, lowered where it missed its words or repeats itself. */
  readonly score: number;
  /** What the editor said of it. */
  readonly critique: Critique;
}

/** The score that counts for keeping: an editor's praise does not make up for a missed length. */
function keepingScore(judged: Critique, measured: ChapterMetrics): number {
  const off = Math.abs(measured.words / Math.max(1, measured.target) - 1);
  return Math.max(0, judged.score - Math.max(0, off - 0.1) - measured.repeatedSentences.length * 0.05);
}

/** Revises a chapter that did not pass, at most twice; the best version is kept, the first one included. */
export const revise: Phase<Revision, true, true> = definePhase({
  id: 'revise',
  kind: 'llm',
  title: 'Revision',
  needs: {
    brief,
    premise,
    characters,
    settings,
    style,
    plot,
    plan: each(chapter),
    written: within(scene),
    fitted: within(fit),
    metrics: each(metrics),
    critique: each(critique),
    continuity,
  },
  forEach: { phase: chapter },
  when: ({ inputs }): boolean =>
    inputs.critique.score < passingScore ||
    inputs.continuity.issues.some((issue) => issue.chapter === inputs.plan.number),
  model: { temperature: 0.6 },
  weight: 4,
  prompt: ({ inputs, loop }) => {
    const best = loop?.best as Revision | undefined;
    const problems = inputs.continuity.issues
      .filter((issue) => issue.chapter === inputs.plan.number)
      .map((issue) => issue.problem);
    const draft = best?.text ?? joinScenes(chosenScenes(inputs.written, inputs.fitted));
    return {
      system: writingPrefix(inputs),
      prompt: revisePrompt(inputs.plan, draft, best?.critique ?? inputs.critique, problems, inputs.plan.words),
    };
  },
  run: async ({ inputs, model, prompt }): Promise<Revision> => {
    const text = cleanProse(await model.text({ prompt: '', ...prompt }));
    const measured = measureText(text, inputs.plan.words, namesOf(inputs.characters));
    const judged = await model.object({
      system:
        'You are the editor of a publishing house. You are fair, exact and hard to fool; you judge what is on the page.',
      prompt: critiquePrompt(inputs.plan, text, measured),
      schema: jsonSchemaOf(critiqueSchema),
      validate: critiqueSchema,
    });
    return { text, words: countWords(text), score: keepingScore(judged, measured), critique: judged };
  },
  loop: { max: 2, until: (output) => output.score >= passingScore, score: (output) => output.score },
});

/** Whether the revision of a chapter is better than what it was made from. */
export function isBetter(
  revision: Revision | undefined,
  judged: Critique,
  measured: ChapterMetrics,
): revision is Revision {
  return revision !== undefined && revision.words > 0 && revision.score > keepingScore(judged, measured);
}
