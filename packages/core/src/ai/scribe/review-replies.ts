import { listOf, readJson, recordOf, textOf, type Sections } from './sections.ts';
import { sentenceKey, splitSentences } from './sentences.ts';

function numberAt(record: Readonly<Record<string, unknown>>, name: string): number {
  const value = record[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

const rounded = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 100) / 100;

/** Scores a chapter from its measured metrics: the scribe can't read for sense, so it judges only what was counted. */
export function writeCritique(sections: Sections): Record<string, unknown> | undefined {
  const metrics = recordOf(readJson(sections, 'metrics'));
  if (Object.keys(metrics).length === 0) return undefined;
  const repeated = listOf(metrics['repeatedSentences']).length;
  const drift = listOf(metrics['nameDrift']).length;
  const openings = listOf(metrics['repeatedOpenings']).length;
  const dialogue = numberAt(metrics, 'dialogueShare');
  const target = numberAt(metrics, 'target');
  const off = target > 0 ? Math.abs(numberAt(metrics, 'words') / target - 1) : 0;
  const scores = {
    continuity: rounded(0.95 - drift * 0.3),
    language: rounded(0.95 - repeated * 0.15 - openings * 0.05),
    pacing: rounded(0.95 - Math.max(0, off - 0.1) * 2),
    dialogue: rounded(dialogue < 0.05 ? 0.75 : 0.92),
    plan: rounded(0.9),
  };
  const notes = [
    ...listOf(metrics['repeatedSentences']).map((text) => `This sentence comes more than once: ${String(text)}`),
    ...listOf(metrics['nameDrift']).map((name) => `A name that nobody in the cast has: ${String(name)}`),
    ...listOf(metrics['repeatedOpenings']).map((text) => `Too many sentences open with: ${String(text)}`),
  ];
  const values = Object.values(scores);
  return { score: rounded(values.reduce((sum, value) => sum + value, 0) / values.length), scores, notes };
}

/** Compares what each chapter leaves with what the next one starts from. */
export function writeContinuity(sections: Sections): Record<string, unknown> {
  const chapters = listOf(recordOf(readJson(sections, 'plot'))['chapters']).map(recordOf);
  const issues = chapters.flatMap((chapter, index) => {
    const before = chapters[index - 1];
    if (before === undefined || textOf(before['exit']) === textOf(chapter['entry'])) return [];
    return [
      { chapter: index + 1, problem: 'The chapter does not start from the state in which the one before it ended.' },
    ];
  });
  return { issues };
}

/** Revises a chapter the only way that is safe without reading for sense: what comes a second time goes. */
export function writeRevision(sections: Sections): string | undefined {
  const draft = sections.get('draft');
  if (draft === undefined) return undefined;
  const seen = new Set<string>();
  return draft
    .split(/\n{2,}/u)
    .map((paragraph) =>
      splitSentences(paragraph)
        .filter((sentence) => {
          const key = sentenceKey(sentence);
          if (key.split(' ').length < 6) return true;
          if (seen.has(key)) return false;
          seen.add(key);
          return true;
        })
        .join(' '),
    )
    .filter((paragraph) => paragraph !== '' || draft === '')
    .join('\n\n');
}
