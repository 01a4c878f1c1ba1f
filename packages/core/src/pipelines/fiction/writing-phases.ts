import { definePhase } from '../../pipeline/define-phase.ts';
import { each, type Phase } from '../../pipeline/phase.ts';
import { brief, chapter, characters, plot, premise, settings, style } from './planning-phases.ts';
import { cutToTarget, fitRequest, nearer, needsFit, sceneText, type SceneText, type WrittenScenes } from './prose.ts';
import { fitPrompt, scenePrompt, writingPrefix } from './prompts.ts';
import type { SceneCard } from './scene-card.ts';

/** The scenes of one task: one card, or with `continuity: strict` all cards of a chapter. */
interface SceneItem {
  readonly cards: readonly SceneCard[];
}

function endOf(scene: SceneText | undefined): string | undefined {
  if (scene === undefined) return undefined;
  return scene.text
    .split(/\n{2,}/u)
    .slice(-2)
    .join('\n\n');
}

/** Writes every scene from its card, all at once; `continuity: strict` chains the scenes of a chapter. */
export const scene: Phase<WrittenScenes, true, false> = definePhase({
  id: 'scene',
  kind: 'llm',
  title: 'Scenes',
  needs: { brief, premise, characters, settings, style, plot, plan: each(chapter) },
  uses: { request: ['options.continuity'] },
  forEach: {
    phase: chapter,
    items: ({ output, request }): { key: string; value: SceneItem }[] =>
      request.options['continuity'] === 'strict'
        ? [{ key: 'all', value: { cards: output.cards } }]
        : output.cards.map((card) => ({ key: `s${card.partition.scene}`, value: { cards: [card] } })),
  },
  model: { temperature: 0.9 },
  weight: 3,
  prompt: ({ inputs, item }) => {
    const { cards } = inputs.plan;
    const [card] = item.cards;
    const at = cards.findIndex((other) => other.partition.scene === card?.partition.scene);
    return {
      system: writingPrefix(inputs),
      prompt: card === undefined ? '' : scenePrompt(card, { before: cards[at - 1], after: cards[at + 1] }),
    };
  },
  run: async ({ inputs, item, model, prompt }) => {
    const { cards } = inputs.plan;
    const scenes: SceneText[] = [];
    for (const card of item.cards) {
      const at = cards.findIndex((other) => other.partition.scene === card.partition.scene);
      const last = scenes.at(-1);
      const text =
        last === undefined
          ? prompt?.prompt
          : scenePrompt(card, { before: cards[at - 1], after: cards[at + 1] }, endOf(last));
      scenes.push(sceneText(card, await model.text({ ...prompt, prompt: text ?? '' })));
    }
    return { scenes, model: model.id };
  },
});

/** Writes again what is more than a quarter off its words, asking for the target divided by this scene's own ratio; then cuts at a sentence end. */
export const fit: Phase<WrittenScenes, true, true> = definePhase({
  id: 'fit',
  kind: 'llm',
  title: 'Fit to length',
  needs: { brief, premise, characters, settings, style, plot, plan: each(chapter), written: each(scene) },
  forEach: { phase: scene },
  when: ({ inputs }): boolean => inputs.written.scenes.some(needsFit),
  model: { temperature: 0.7 },
  weight: 3,
  prompt: ({ inputs }) => {
    const first = inputs.written.scenes.find(needsFit);
    const card = inputs.plan.cards.find((other) => other.partition.scene === first?.scene);
    if (first === undefined || card === undefined) return { system: writingPrefix(inputs), prompt: '' };
    return { system: writingPrefix(inputs), prompt: fitPrompt(card, first.text, first.words, fitRequest(first)) };
  },
  run: async ({ inputs, model, prompt }) => {
    const scenes: SceneText[] = [];
    for (const written of inputs.written.scenes) {
      const card = inputs.plan.cards.find((other) => other.partition.scene === written.scene);
      if (card === undefined || !needsFit(written)) {
        scenes.push(written);
        continue;
      }
      const again = sceneText(
        card,
        await model.text({ ...prompt, prompt: fitPrompt(card, written.text, written.words, fitRequest(written)) }),
      );
      scenes.push(cutToTarget(nearer(written, again)));
    }
    return { scenes, model: model.id };
  },
});
