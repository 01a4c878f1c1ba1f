import { countWords, splitSentences } from '../../ai/scribe/sentences.ts';
import type { SceneCard } from './scene-card.ts';

/** A scene as it was written. */
export interface SceneText {
  /** The scene in its chapter, from 1. */
  readonly scene: number;
  /** Its prose. */
  readonly text: string;
  /** Its words. */
  readonly words: number;
  /** Words it should have. */
  readonly target: number;
}

/** What a scene task gives: one scene, or with `continuity: strict` all scenes of a chapter. */
export interface WrittenScenes {
  /** The scenes. */
  readonly scenes: readonly SceneText[];
  /** The model that wrote them. */
  readonly model: string;
}

/** Makes prose of a reply: models like to add a heading, a fence or a remark. */
export function cleanProse(reply: string): string {
  return withoutFence(reply.replace(/\r\n?/gu, '\n'))
    .split('\n')
    .filter((line) => !/^\s*#{1,6}\s/u.test(line))
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/gu, '\n\n')
    .trim();
}

/** The inside of a text that is one fenced block from its first character to its last. */
function withoutFence(text: string): string {
  const opening = /^```\w*\n/u.exec(text)?.[0];
  const body = text.trimEnd();
  if (opening === undefined || !body.endsWith('\n```') || body.length < opening.length + 4) return text;
  return body.slice(opening.length, -4);
}

/** A scene from a reply. */
export function sceneText(card: SceneCard, reply: string): SceneText {
  const text = cleanProse(reply);
  return { scene: card.partition.scene, text, words: countWords(text), target: card.targetWords };
}

/** Whether a scene is so far from its target that it should be written again. */
export function needsFit(scene: SceneText): boolean {
  return scene.words > 0 && Math.abs(scene.words / scene.target - 1) > 0.25;
}

/** The words to ask for so that a model that is off by this scene's own factor comes out right. */
export function fitRequest(scene: SceneText): number {
  return Math.max(20, Math.round(scene.target / Math.min(4, Math.max(0.25, scene.words / scene.target))));
}

/** Cuts a scene that is still too long: at the end of a sentence, as near to the target as that allows. */
export function cutToTarget(scene: SceneText): SceneText {
  if (scene.words <= scene.target * 1.05) return scene;
  const kept: string[] = [];
  let words = 0;
  for (const paragraph of scene.text.split(/\n{2,}/u)) {
    const sentences: string[] = [];
    for (const sentence of splitSentences(paragraph)) {
      const more = words + countWords(sentence);
      // Whichever end of this sentence is nearer to the target.
      if (more > scene.target && more - scene.target > scene.target - words) {
        if (sentences.length > 0) kept.push(sentences.join(' '));
        const text = kept.join('\n\n');
        return { ...scene, text, words: countWords(text) };
      }
      sentences.push(sentence);
      words = more;
    }
    if (sentences.length > 0) kept.push(sentences.join(' '));
  }
  const text = kept.join('\n\n');
  return { ...scene, text, words: countWords(text) };
}

/** Of two tries at a scene, the one whose length is nearer to the target. */
export function nearer(a: SceneText, b: SceneText): SceneText {
  return Math.abs(b.words - b.target) < Math.abs(a.words - a.target) ? b : a;
}

/** The line between two scenes. */
const sceneBreak = '* * *';

/** The scenes of a chapter in order, each as it was fitted where it was. */
export function chosenScenes(
  written: readonly { readonly key: string; readonly value: WrittenScenes }[],
  fitted: readonly { readonly key: string; readonly value: WrittenScenes | undefined }[],
): SceneText[] {
  const fits = new Map(fitted.map(({ key, value }) => [key, value]));
  return written.flatMap(({ key, value }) => (fits.get(key) ?? value).scenes);
}

/** A chapter's text from its scenes. */
export function joinScenes(scenes: readonly SceneText[]): string {
  return scenes.map((scene) => scene.text).join(`\n\n${sceneBreak}\n\n`);
}
