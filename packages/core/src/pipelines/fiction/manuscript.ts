import { scribeId } from '../../ai/scribe/knobs.ts';
import { countWords, splitSentences } from '../../ai/scribe/sentences.ts';
import type { Brief } from './brief.ts';
import type { ChapterPlan } from './scene-card.ts';
import type { Characters, Critique, Plot, Premise } from './schemas.ts';
import type { ChapterMetrics } from './text-metrics.ts';

/** A finished chapter. */
export interface FinishedChapter {
  /** Its plan. */
  readonly plan: ChapterPlan;
  /** Its text, scene breaks included. */
  readonly text: string;
  /** What was measured in it before any revision. */
  readonly metrics: ChapterMetrics;
  /** What the editor said. */
  readonly critique: Critique;
  /** Whether the revision was kept. */
  readonly revised: boolean;
}

/** Everything that goes into the files. */
export interface ManuscriptInput {
  /** The brief. */
  readonly brief: Brief;
  /** The title. */
  readonly title: string;
  /** The premise. */
  readonly premise: Premise;
  /** The people. */
  readonly characters: Characters;
  /** The plot. */
  readonly plot: Plot;
  /** The chapters. */
  readonly chapters: readonly FinishedChapter[];
  /** The model that wrote the scenes. */
  readonly model: string;
}

/** A finished book: its text and its files. */
export interface Manuscript {
  /** The title. */
  readonly title: string;
  /** Words of the prose: headings and the note about the model are not counted. */
  readonly words: number;
  /** How many were asked for. */
  readonly asked: number;
  /** The whole text. */
  readonly text: string;
  /** The files. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

const offlineNote =
  'This text was written by `offline/scribe`, the built-in placeholder model: it needs no key and no network, and it composes from a grammar. ' +
  'For prose by a real language model, choose one with `--model`, for example `orc --model openai/gpt-5 "…"`, `--model anthropic/claude-sonnet-4-5` or `--model ollama/llama3.1`; `orc models` shows what is ready to use.';

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function chapterText(chapter: FinishedChapter): string {
  return `## ${chapter.plan.number}. ${chapter.plan.title}\n\n${chapter.text}\n`;
}

/** Puts the book together. */
export function assembleManuscript(input: ManuscriptInput): Manuscript {
  const { brief, chapters, characters, model, plot, premise, title } = input;
  const offline = model === scribeId;
  const words = chapters.reduce((sum, chapter) => sum + countWords(chapter.text), 0);
  const sentences = chapters.reduce((sum, chapter) => sum + splitSentences(chapter.text).length, 0);
  const note = offline ? `\n---\n\n*${offlineNote}*\n` : '';
  const text = `# ${title}\n\n${chapters.map(chapterText).join('\n')}${note}`;
  const about = offline ? { model, note: offlineNote } : { model };
  const files = [
    { path: 'manuscript.md', content: text },
    ...chapters.map((chapter) => ({
      path: `chapters/chapter-${String(chapter.plan.number).padStart(2, '0')}.md`,
      content: `# ${chapter.plan.number}. ${chapter.plan.title}\n\n${chapter.text}\n${note}`,
    })),
    {
      path: 'outline.json',
      content: pretty({
        ...about,
        title,
        request: brief.request,
        premise,
        arc: plot.arc,
        chapters: chapters.map(({ plan }) => ({
          number: plan.number,
          title: plan.title,
          words: plan.words,
          entry: plan.entry,
          exit: plan.exit,
          summary: plan.summary,
          scenes: plan.cards.map(({ partition: _partition, ...card }) => card),
        })),
      }),
    },
    { path: 'characters.json', content: pretty({ ...about, characters: characters.characters }) },
    {
      path: 'stats.json',
      content: pretty({
        ...about,
        title,
        target: brief.words,
        words,
        sentences,
        wordsPerSentence: Math.round((words / Math.max(1, sentences)) * 10) / 10,
        chapters: chapters.map(({ plan, text: prose, metrics, critique, revised }) => ({
          number: plan.number,
          title: plan.title,
          target: plan.words,
          words: countWords(prose),
          scenes: plan.cards.length,
          readability: metrics.readability,
          dialogueShare: metrics.dialogueShare,
          repeatedSentences: metrics.repeatedSentences.length,
          nameDrift: metrics.nameDrift,
          score: critique.score,
          revised,
        })),
      }),
    },
  ];
  return { title, words, asked: brief.words, text, files };
}
