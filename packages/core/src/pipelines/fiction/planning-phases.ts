import { definePhase } from '../../pipeline/define-phase.ts';
import type { Phase } from '../../pipeline/phase.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import { makeBrief, type Brief } from './brief.ts';
import { bookPrefix, planningPrefix } from './prompts.ts';
import { chapterKey, planChapter, plotChapter, type ChapterPlan } from './scene-card.ts';
import {
  chapterSchema,
  charactersSchema,
  plotSchema,
  premiseSchema,
  settingsSchema,
  styleSchema,
  titleSchema,
  type Characters,
  type Plot,
  type Premise,
  type Settings,
  type Style,
  type Title,
} from './schemas.ts';

/** Works out words, chapters, genre and subject from the request. */
export const brief: Phase<Brief, false, false> = definePhase({
  id: 'brief',
  kind: 'compute',
  title: 'Brief',
  uses: { request: ['text', 'words'] },
  weight: 0.01,
  run: ({ request }) => makeBrief(request.text, request.words),
});

/** Finds the story. */
export const premise: Phase<Premise, false, false> = definePhase({
  id: 'premise',
  kind: 'llm',
  title: 'Premise',
  needs: { brief },
  model: { temperature: 0.8 },
  outputSchema: premiseSchema,
  prompt: ({ inputs }) => ({
    system: planningPrefix(inputs.brief),
    prompt: `<task>premise</task>\nFind the story in this request: one hero, one want, one opponent, one question, an end that answers it. ${inputs.brief.words} words have to be filled with events.`,
    schema: jsonSchemaOf(premiseSchema),
  }),
});

/** Makes the people. */
export const characters: Phase<Characters, false, false> = definePhase({
  id: 'characters',
  kind: 'llm',
  title: 'Characters',
  needs: { brief, premise },
  model: { temperature: 0.8 },
  outputSchema: charactersSchema,
  prompt: ({ inputs }) => ({
    system: planningPrefix(inputs.brief, inputs.premise),
    prompt:
      '<task>characters</task>\nMake the people of this story: those the premise names, and as many more as its length needs. Each wants something that gets in the way of somebody else.',
    schema: jsonSchemaOf(charactersSchema),
  }),
});

/** Makes the places. */
export const settings: Phase<Settings, false, false> = definePhase({
  id: 'settings',
  kind: 'llm',
  title: 'Settings',
  needs: { brief, premise },
  model: { temperature: 0.8 },
  outputSchema: settingsSchema,
  prompt: ({ inputs }) => ({
    system: planningPrefix(inputs.brief, inputs.premise),
    prompt:
      '<task>settings</task>\nMake the places of this story: each with three things that can be seen and a mood that is a sound or a smell.',
    schema: jsonSchemaOf(settingsSchema),
  }),
});

/** Sets the voice. */
export const style: Phase<Style, false, false> = definePhase({
  id: 'style',
  kind: 'llm',
  title: 'Style',
  needs: { brief, premise },
  model: { temperature: 0.6 },
  outputSchema: styleSchema,
  prompt: ({ inputs }) => ({
    system: planningPrefix(inputs.brief, inputs.premise),
    prompt:
      '<task>style</task>\nWrite the voice sheet that every scene will follow: tense, point of view, diction, sentence rhythm, dialogue, motifs, what stays out.',
    schema: jsonSchemaOf(styleSchema),
  }),
});

/** Finds the title. */
export const title: Phase<Title, false, false> = definePhase({
  id: 'title',
  kind: 'llm',
  title: 'Title',
  needs: { brief, premise },
  model: { temperature: 0.9 },
  outputSchema: titleSchema,
  prompt: ({ inputs }) => ({
    system: planningPrefix(inputs.brief, inputs.premise),
    prompt: '<task>title</task>\nGive this story a title that a reader would pick up.',
    schema: jsonSchemaOf(titleSchema),
  }),
});

/** Plots it: the state in which each chapter begins and ends is the contract between them. */
export const plot: Phase<Plot, false, false> = definePhase({
  id: 'plot',
  kind: 'llm',
  title: 'Plot',
  needs: { brief, premise, characters, settings },
  model: { temperature: 0.7 },
  outputSchema: plotSchema,
  prompt: ({ inputs }) => ({
    system: bookPrefix(inputs),
    prompt: `<task>plot</task>\nPlot it in ${inputs.brief.chapters.length} chapters with a beginning, a middle and an end. Each chapter's \`entry\` is word for word the \`exit\` of the one before. One event per scene: ${inputs.brief.chapters.map((chapter) => chapter.scenes.length).join(', ')} scenes.`,
    schema: jsonSchemaOf(plotSchema),
  }),
  weight: 2,
});

/** Plans each chapter: scene cards, with words that add up to the chapter's. */
export const chapter: Phase<ChapterPlan, true, false> = definePhase({
  id: 'chapter',
  kind: 'llm',
  title: 'Chapter plans',
  needs: { brief, premise, characters, settings, plot },
  forEach: ({ inputs }) =>
    inputs.brief.chapters.map((budget) => ({ key: chapterKey(budget.number), value: budget.number })),
  model: { temperature: 0.7 },
  prompt: ({ inputs, item }) => ({
    system: bookPrefix(inputs),
    prompt: `<task>chapter</task>\n<chapter>${item}</chapter>\nPlan chapter ${item}, "${plotChapter(inputs.plot, item).title}", in exactly ${inputs.brief.chapters[item - 1]?.scenes.length ?? 1} scenes. Each scene has a goal, a conflict and an outcome, and things of its own that no other scene uses.`,
    schema: jsonSchemaOf(chapterSchema),
  }),
  run: async ({ inputs, item, model, prompt }) => {
    const reply = await model.object({
      prompt: '',
      ...prompt,
      schema: jsonSchemaOf(chapterSchema),
      validate: chapterSchema,
    });
    return planChapter(inputs.brief, inputs.plot, item, reply);
  },
});
