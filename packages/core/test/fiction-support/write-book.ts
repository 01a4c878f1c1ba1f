import { createScribe } from '../../src/ai/scribe/index.ts';
import type { ModelClient } from '../../src/ai/model-client.ts';
import { makeBrief, type Brief } from '../../src/pipelines/fiction/brief.ts';
import { bookPrefix, planningPrefix, scenePrompt, writingPrefix } from '../../src/pipelines/fiction/prompts.ts';
import { sceneText, joinScenes, type SceneText } from '../../src/pipelines/fiction/prose.ts';
import { planChapter, type ChapterPlan, type SceneCard } from '../../src/pipelines/fiction/scene-card.ts';
import type {
  ChapterReply,
  Characters,
  Plot,
  Premise,
  Settings,
  Style,
  Title,
} from '../../src/pipelines/fiction/schemas.ts';

/** A book, written by the scribe from the pipeline's own prompts. */
export interface Book {
  readonly brief: Brief;
  readonly characters: Characters;
  readonly title: string;
  readonly plot: Plot;
  readonly chapters: readonly {
    readonly plan: ChapterPlan;
    readonly scenes: readonly (SceneText & { readonly card: SceneCard })[];
    readonly text: string;
  }[];
}

/** Writes a book without the engine: the prompts are the pipeline's, the calls are made one after the other. */
export async function writeBook(
  request: string,
  seed: number,
  words?: number,
  model: ModelClient = createScribe(),
): Promise<Book> {
  const brief = makeBrief(request, words);
  const object = async <T>(system: string, prompt: string): Promise<T> =>
    (await model.generate({ system, prompt, seed, schema: { type: 'object', required: [] } })).object as T;
  const premise = await object<Premise>(planningPrefix(brief), '<task>premise</task>');
  const prefix = planningPrefix(brief, premise);
  const characters = await object<Characters>(prefix, '<task>characters</task>');
  const settings = await object<Settings>(prefix, '<task>settings</task>');
  const style = await object<Style>(prefix, '<task>style</task>');
  const { title } = await object<Title>(prefix, '<task>title</task>');
  const bible = { brief, premise, characters, settings };
  const plot = await object<Plot>(bookPrefix(bible), '<task>plot</task>');
  const system = writingPrefix({ ...bible, style, plot });
  const chapters = [];
  for (const { number } of brief.chapters) {
    const reply = await object<ChapterReply>(
      bookPrefix({ ...bible, plot }),
      `<task>chapter</task>\n<chapter>${number}</chapter>`,
    );
    const plan = planChapter(brief, plot, number, reply);
    const scenes = [];
    for (const [index, card] of plan.cards.entries()) {
      const prompt = scenePrompt(card, { before: plan.cards[index - 1], after: plan.cards[index + 1] });
      scenes.push({ ...sceneText(card, (await model.generate({ system, prompt, seed })).text), card });
    }
    chapters.push({ plan, scenes, text: joinScenes(scenes) });
  }
  return { brief, characters, title, plot, chapters };
}
