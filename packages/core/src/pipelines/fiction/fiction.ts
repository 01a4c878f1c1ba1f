import { defineTask } from '@orc/scheduler';

import { definePhase } from '../../pipeline/define-phase.ts';
import { definePipeline, type Pipeline } from '../../pipeline/define-pipeline.ts';
import type { Phase } from '../../pipeline/phase.ts';
import { builtInPackage } from '../built-in-package.ts';
import type { Manuscript, ManuscriptInput } from './manuscript.ts';
import { brief, chapter, characters, plot, premise, settings, style, title } from './planning-phases.ts';
import { chosenScenes, joinScenes } from './prose.ts';
import { continuity, critique, isBetter, metrics, revise } from './review-phases.ts';
import { fit, scene } from './writing-phases.ts';

const assemble: Phase<Manuscript, false, false> = definePhase({
  id: 'assemble',
  kind: 'cpu',
  title: 'Manuscript',
  needs: {
    brief,
    premise,
    title,
    characters,
    plot,
    plan: chapter,
    written: scene,
    fitted: fit,
    metrics,
    critique,
    revised: revise,
  },
  weight: 0.1,
  taskInput: ({ inputs }): ManuscriptInput => ({
    brief: inputs.brief,
    title: inputs.title.title,
    premise: inputs.premise,
    characters: inputs.characters,
    plot: inputs.plot,
    model: inputs.written[0]?.value.model ?? '',
    chapters: inputs.plan.map(({ key, value: plan }, index) => {
      const own = <T>(
        outputs: readonly { readonly key: string; readonly value: T }[],
      ): { readonly key: string; readonly value: T }[] => outputs.filter((output) => output.key.startsWith(`${key}/`));
      const measured = inputs.metrics[index]?.value as ManuscriptInput['chapters'][number]['metrics'];
      const judged = inputs.critique[index]?.value as ManuscriptInput['chapters'][number]['critique'];
      const revision = inputs.revised[index]?.value;
      const kept = isBetter(revision, judged, measured);
      const text = kept ? revision.text : joinScenes(chosenScenes(own(inputs.written), own(inputs.fitted)));
      return { plan, text, metrics: measured, critique: judged, revised: kept };
    }),
  }),
  run: defineTask<ManuscriptInput, Manuscript>({
    module: new URL('./assemble-task.js', import.meta.url),
    export: 'assembleBook',
  }),
  artifacts: (output) => output.files,
});

/** `fiction`: a story or a novel, planned to the word, its scenes written at once, measured, judged, revised, assembled. */
export const fictionPipeline: Pipeline = definePipeline({
  id: 'fiction',
  version: '1',
  description: 'Writes a story or a novel: plan, chapters, scenes at once, metrics, critique, manuscript.',
  package: builtInPackage,
  phases: [
    brief,
    premise,
    characters,
    settings,
    style,
    title,
    plot,
    chapter,
    scene,
    fit,
    metrics,
    continuity,
    critique,
    revise,
    assemble,
  ],
  result: {
    phase: assemble,
    text: (output) => output.text,
    title: (output) => output.title,
    words: (output) => output.words,
    wordsAsked: (output) => output.asked,
  },
});
