import { outlineStory, type OutlineScene } from './outline.ts';
import type { Partition } from './partition.ts';
import { hashText } from './random.ts';
import { composeScene } from './scene-writer.ts';
import { listOf, readJson, recordOf, textOf, type Sections } from './sections.ts';
import { situationNamed } from './situations/index.ts';
import type { Scene } from './slots.ts';
import { sceneOf } from './phrases.ts';
import type { Person, Place, Story } from './story.ts';

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

function readPartition(card: Readonly<Record<string, unknown>>, story: Story): Partition {
  const partition = recordOf(card['partition']);
  const of = Math.max(1, numberOf(partition['of'], story.brief.scenes.length));
  const scenes = Math.max(1, numberOf(partition['scenes'], 1));
  return {
    book: textOf(partition['book']) ?? story.seed,
    chapter: Math.min(of, Math.max(1, numberOf(partition['chapter'], 1))),
    of,
    scene: Math.min(scenes, Math.max(1, numberOf(partition['scene'], 1))),
    scenes,
  };
}

function placeOf(card: Readonly<Record<string, unknown>>, story: Story, planned: OutlineScene | undefined): Place {
  const name = textOf(card['place']);
  const places = [...(planned === undefined ? [] : [planned.place]), ...story.places, story.finalPlace];
  const known = places.find((place) => place.name.toLowerCase() === name?.toLowerCase());
  if (known !== undefined) return known;
  return name === undefined ? (story.places[0] as Place) : { name, at: 'in', details: ['the door', 'the far wall'] };
}

function partnerOf(card: Readonly<Record<string, unknown>>, story: Story): Person | undefined {
  const names = listOf(card['characters']).filter((name) => typeof name === 'string');
  const people = [story.people.ally, story.people.rival, story.people.mentor, ...story.others];
  return people.find((person) => names.some((name) => name.split(' ')[0] === person.name));
}

/** Writes the scene of a card. */
export function writeScene(story: Story, sections: Sections): string {
  const card = recordOf(readJson(sections, 'card'));
  const partition = readPartition(card, story);
  const outline = outlineStory(story);
  const at = outline.findIndex((entry) => entry.chapter === partition.chapter && entry.scene === partition.scene);
  const kind = textOf(card['kind']) ?? '';
  const planned = outline[at]?.situation.id === kind ? outline[at] : undefined;
  const place = placeOf(card, story, planned);
  const partner = partnerOf(card, story);
  const texts: Record<string, string> = {
    spot:
      place.details[hashText(`${story.seed}|${partition.chapter}|${partition.scene}`) % place.details.length] ??
      'the door',
  };
  for (const [slot, field] of [
    ['goal', 'goal'],
    ['conflict', 'conflict'],
    ['outcome', 'outcome'],
    ['fact', 'learns'],
    ['entry', 'entry'],
    ['exit', 'exit'],
  ] as const) {
    const text = textOf(card[field]);
    if (text !== undefined) texts[slot] = text.replace(/[.]$/u, '');
  }
  const base: Scene | undefined = planned === undefined ? undefined : sceneOf(story, planned);
  const scene: Scene = {
    story,
    place,
    next: base?.next,
    partner,
    clue: textOf(card['object']) ?? base?.clue ?? 'a folded note',
    texts,
  };
  const target = numberOf(Number(sections.get('target') ?? card['targetWords']), 300);
  const longest = Math.max(...story.brief.scenes) * target;
  return composeScene({
    scene,
    situation: situationNamed(kind),
    use: planned?.use ?? [Math.max(0, at), Math.max(1, outline.length)],
    partition,
    demand: { chapterWords: Math.max(longest, story.brief.words / Math.max(1, story.brief.scenes.length)) },
    target,
    first: partition.chapter === 1 && partition.scene === 1,
    last: partition.chapter === partition.of && partition.scene === partition.scenes,
    friend: partner === story.people.ally,
  });
}
