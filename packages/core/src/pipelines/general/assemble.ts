import type { FanOut, PhaseArtifact } from '../../pipeline/phase.ts';
import type { Critique, FactCheck, Outline } from './schemas.ts';
import type { SectionMetrics } from './section-metrics-task.ts';

/** All that the last phase puts together. */
export interface Parts {
  readonly length: number;
  readonly outline: Outline;
  readonly section: FanOut<string>;
  readonly revise: FanOut<string | undefined>;
  readonly metrics: FanOut<SectionMetrics>;
  readonly critique: Critique;
  readonly factcheck: FactCheck;
}

/** The finished text and the files that go with it. */
export interface Assembled {
  readonly title: string;
  readonly text: string;
  readonly words: number;
  readonly asked: number;
  readonly files: readonly PhaseArtifact[];
}

const countWords = (text: string): number => text.match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu)?.length ?? 0;
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Takes the revised text of a section where there is one, and writes the whole with its plan and its reviews beside it. */
export function assembleText(parts: Parts): Assembled {
  const revised = new Map(parts.revise.map((entry) => [entry.key, entry.value]));
  const sections = parts.section.map((entry, index) => ({
    heading: parts.outline.sections[index]?.heading ?? `Part ${index + 1}`,
    text: (revised.get(entry.key) ?? entry.value).trim(),
  }));
  const title = parts.outline.title.trim();
  const text = `# ${title}\n\n${sections.map((section) => `## ${section.heading}\n\n${section.text}`).join('\n\n')}\n`;
  const review = {
    critique: parts.critique.sections,
    factcheck: parts.factcheck.findings,
    metrics: parts.metrics,
    revised: parts.revise.filter((entry) => entry.value !== undefined).map((entry) => entry.key),
  };
  const files: PhaseArtifact[] = [
    { path: 'text.md', content: text },
    { path: 'outline.json', content: json(parts.outline) },
    { path: 'review.json', content: json(review) },
  ];
  return { title, text, words: countWords(text), asked: parts.length, files };
}
