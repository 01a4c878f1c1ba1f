import { defineTask } from '@orc/scheduler';

import { definePhase } from '../../pipeline/define-phase.ts';
import { definePipeline, type Pipeline } from '../../pipeline/define-pipeline.ts';
import { each } from '../../pipeline/phase.ts';
import { builtInPackage } from '../built-in-package.ts';
import { namedWords } from '../fiction/word-target.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import { briefText, opening } from '../opening.ts';
import { assembleText } from './assemble.ts';
import {
  briefSchema,
  critiqueSchema,
  factCheckSchema,
  outlineSchema,
  sectionCount,
  type Critique,
  type FactCheck,
  type Outline,
} from './schemas.ts';
import type { SectionMetrics } from './section-metrics-task.ts';

const defaultWords = 1000;
const passingScore = 0.8;

// One prefix for every call of a run, so that a provider's prompt cache hits from the second call on.
const system = `You work in a team that answers one request with one well-made text.
Rules for every step:
- Serve the reader named in the brief; say things once; prefer the concrete to the general.
- Never invent a source, a quotation or a figure. What you are not sure of, say so.
- Where a step asks for JSON, reply with that JSON alone.`;

const { brief, look } = opening({
  pipeline: 'general',
  system,
  briefSchema,
  ask: 'Say what is really asked for: a title, the intent, the audience, the deliverable, the constraints.',
  fewestPoints: 3,
  temperature: 0.6,
});

const angles = look(
  'angles',
  'Angles',
  'Name the angles from which the text should look at its subject, strongest first.',
);
const facts = look(
  'facts',
  'Facts',
  'Name the facts and assumptions that the text will lean on and that need checking.',
);
const examples = look('examples', 'Examples', 'Name examples that make the subject concrete for this audience.');

const outline = definePhase({
  id: 'outline',
  kind: 'llm',
  title: 'Outline',
  needs: { brief, angles, facts, examples },
  model: { temperature: 0.4 },
  outputSchema: outlineSchema,
  prompt: ({ inputs }) => ({
    system,
    prompt: `<task>general/outline</task>\n${briefText(inputs.brief)}\n<angles>${JSON.stringify(inputs.angles.points)}</angles>
<facts>${JSON.stringify(inputs.facts.points)}</facts>\n<examples>${JSON.stringify(inputs.examples.points)}</examples>
Plan ${sectionCount} sections that together do what the brief asks, each point in one section only.`,
    schema: jsonSchemaOf(outlineSchema),
  }),
});

const length = definePhase({
  id: 'length',
  kind: 'compute',
  title: 'Length',
  uses: { request: ['text', 'words'] },
  run: ({ request }) => request.words ?? namedWords(request.text) ?? defaultWords,
});

const section = definePhase({
  id: 'section',
  kind: 'llm',
  title: 'Sections',
  needs: { brief, outline, length },
  forEach: ({ inputs }) =>
    inputs.outline.sections.map((card, index) => ({
      key: `s${String(index + 1).padStart(2, '0')}`,
      value: { ...card, index },
    })),
  model: { temperature: 0.7 },
  weight: 3,
  prompt: ({ inputs, item }) => {
    const { sections } = inputs.outline;
    const words = Math.round(inputs.length / sections.length);
    const others = sections.filter((_, index) => index !== item.index).map((other) => other.heading);
    return {
      system,
      prompt: `<task>general/section</task>\n${briefText(inputs.brief)}\n<card>${JSON.stringify({ heading: item.heading, points: item.points })}</card>
<part>${item.index + 1} of ${sections.length}</part>\n<others>${JSON.stringify(others)}</others>\n<words>${words}</words>
Write this section, about ${words} words, without its heading. Leave to the other sections what is theirs.`,
    };
  },
});

const metrics = definePhase({
  id: 'metrics',
  kind: 'cpu',
  title: 'Metrics',
  needs: { text: each(section) },
  forEach: { phase: section },
  taskInput: ({ inputs }) => ({ text: inputs.text }),
  run: defineTask<{ readonly text: string }, SectionMetrics>({
    module: new URL('./section-metrics-task.js', import.meta.url),
    export: 'measureSection',
  }),
});

const headed = (plan: Outline, texts: readonly { readonly value: string }[]): string =>
  JSON.stringify(texts.map((text, index) => ({ heading: plan.sections[index]?.heading, text: text.value })));

const critique = definePhase({
  id: 'critique',
  kind: 'llm',
  title: 'Critique',
  needs: { brief, outline, section },
  model: { temperature: 0.2 },
  outputSchema: critiqueSchema,
  prompt: ({ inputs }) => ({
    system,
    prompt: `<task>general/critique</task>\n${briefText(inputs.brief)}\n<sections>${headed(inputs.outline, inputs.section)}</sections>
Score each section, in order, from 0 to 1 for how well it serves the brief, and say what would raise it most.`,
    schema: jsonSchemaOf(critiqueSchema),
  }),
});

const factcheck = definePhase({
  id: 'factcheck',
  kind: 'llm',
  title: 'Fact check',
  needs: { outline, section, facts },
  model: { temperature: 0 },
  outputSchema: factCheckSchema,
  prompt: ({ inputs }) => ({
    system,
    prompt: `<task>general/factcheck</task>\n<facts>${JSON.stringify(inputs.facts.points)}</facts>\n<sections>${headed(inputs.outline, inputs.section)}</sections>
List the claims that need a correction or a hedge, with a verdict each. An empty list is a good answer.`,
    schema: jsonSchemaOf(factCheckSchema),
  }),
});

const indexOf = (key: string): number => Number(key.slice(1)) - 1;

/** What the two reviewers say of one section. */
function reviewOf(
  key: string,
  inputs: { readonly outline: Outline; readonly critique: Critique; readonly factcheck: FactCheck },
): { score: number; notes: readonly string[] } {
  const verdict = inputs.critique.sections[indexOf(key)];
  const heading = inputs.outline.sections[indexOf(key)]?.heading;
  const findings = inputs.factcheck.findings.filter(
    (finding) => finding.heading === heading && finding.verdict !== 'supported',
  );
  const score = verdict?.score ?? 1;
  const notes = findings.map((finding) => `${finding.verdict}: ${finding.claim}`);
  return {
    score: findings.length > 0 ? Math.min(score, passingScore - 0.01) : score,
    notes: verdict === undefined ? notes : [verdict.suggestion, ...notes],
  };
}

const revise = definePhase({
  id: 'revise',
  kind: 'llm',
  title: 'Revision',
  needs: { brief, outline, text: each(section), critique, factcheck, metrics: each(metrics) },
  forEach: { phase: section },
  when: ({ inputs, key }): boolean => reviewOf(key, inputs).score < passingScore,
  model: { temperature: 0.5 },
  prompt: ({ inputs, key }) => ({
    system,
    prompt: `<task>general/revise</task>\n${briefText(inputs.brief)}\n<card>${JSON.stringify(inputs.outline.sections[indexOf(key)])}</card>\n<section>${inputs.text}</section>
<notes>${JSON.stringify(reviewOf(key, inputs).notes)}</notes>\n<repeated>${JSON.stringify(inputs.metrics.repeated)}</repeated>\n<words>${inputs.metrics.words}</words>
Write the section again, about ${inputs.metrics.words} words, with these points mended and everything that was good kept.`,
  }),
});

const assemble = definePhase({
  id: 'assemble',
  kind: 'compute',
  title: 'Assembly',
  needs: { length, outline, section, revise, metrics, critique, factcheck },
  run: ({ inputs }) => assembleText(inputs),
  artifacts: (output) => output.files,
});

/** `general`: a brief, three looks at the subject at once, an outline, sections at once, critique and fact check, revision where it is needed. */
export const generalPipeline: Pipeline = definePipeline({
  id: 'general',
  version: '1',
  description: 'Writes a structured text on any subject.',
  package: builtInPackage,
  phases: [length, brief, angles, facts, examples, outline, section, metrics, critique, factcheck, revise, assemble],
  result: {
    phase: assemble,
    text: (output) => output.text,
    title: (output) => output.title,
    words: (output) => output.words,
    wordsAsked: (output) => output.asked,
  },
});
