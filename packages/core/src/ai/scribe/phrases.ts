import type { OutlineScene } from './outline.ts';
import { hashText } from './random.ts';
import { fill, type Focus, type Scene } from './slots.ts';
import type { Person, Story } from './story.ts';

/** Before anybody was named. */
export const nobody: Focus = { name: '', since: 9 };

/** What the slots of an outlined scene stand for. */
export function sceneOf(story: Story, entry: OutlineScene, texts: Readonly<Record<string, string>> = {}): Scene {
  const spot =
    entry.place.details[hashText(`${story.seed}|${entry.chapter}|${entry.scene}`) % entry.place.details.length] ??
    'the door';
  return {
    story,
    place: entry.place,
    next: entry.next,
    partner: entry.partner,
    clue: entry.clue,
    texts: { spot, fact: entry.fact, ...texts },
  };
}

/** Fills a phrase outside of a running text: names instead of pronouns at the first mention. */
export function phrase(text: string, scene: Scene): string {
  const filled = fill(text, scene, nobody)?.text ?? '';
  return /^[A-Z]/u.test(text) || text.startsWith('<') ? lowerUnlessName(filled, scene) : filled;
}

/** Lower case at the start, unless a name stands there. */
export function lowerUnlessName(text: string, scene: Scene): string {
  const first = text.split(/[\s’,]/u)[0] ?? '';
  const { people } = scene.story;
  const names = [...Object.values(people), ...scene.story.others].map((person) => person.name);
  return names.includes(first) || first === scene.story.town.split(' ')[0]
    ? text
    : text.charAt(0).toLowerCase() + text.slice(1);
}

/** A clause as a sentence. */
export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/u.test(text) ? '' : '.'}`;
/** First and family name. */
export const fullName = (person: Person): string =>
  person.surname === '' ? person.name : `${person.name} ${person.surname}`;
