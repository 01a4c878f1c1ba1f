import { readUnit, writeUnit } from './grammar.ts';
import { hashText, seededRandom, shuffle } from './random.ts';
import type { Company, Situation, Stage } from './situations/situation.ts';
import { situationsOf } from './situations/index.ts';
import type { Person, Place, Story } from './story.ts';

/** A scene as the outline has it, before any prose. */
export interface OutlineScene {
  /** The chapter, from 1. */
  readonly chapter: number;
  /** The scene in its chapter, from 1. */
  readonly scene: number;
  /** What happens. */
  readonly situation: Situation;
  /** The how-manieth use of that situation in the book, from 0, and how many there are. */
  readonly use: readonly [number, number];
  /** Where. */
  readonly place: Place;
  /** Where the story goes next; the last scenes have none. */
  readonly next: Place | undefined;
  /** With whom. */
  readonly partner: Person | undefined;
  /** The clue in hand or found here. */
  readonly clue: string;
  /** Whether the clue is found here. */
  readonly finds: boolean;
  /** What is learned here, as a clause with slots. */
  readonly fact: string;
}

function stagesFor(total: number): Stage[] {
  const short: Record<number, Stage[]> = {
    1: ['call'],
    2: ['call', 'choice'],
    3: ['call', 'choice', 'return'],
    4: ['call', 'turn', 'choice', 'return'],
    5: ['call', 'trail', 'turn', 'choice', 'return'],
    6: ['call', 'trail', 'turn', 'truth', 'choice', 'return'],
    7: ['call', 'commit', 'trail', 'turn', 'truth', 'choice', 'return'],
  };
  const known = short[total];
  if (known !== undefined) return known;
  const free = total - 7;
  const before = Math.ceil(free * 0.55);
  const middle = (count: number, every: number): Stage[] =>
    Array.from({ length: count }, (_, index) => ((index + 1) % every === 0 ? 'pressure' : 'trail'));
  const after = middle(free - before, 3).map((stage): Stage => (stage === 'trail' ? 'pressure' : 'trail'));
  return ['call', 'commit', ...middle(before, 3), 'turn', ...after, 'loss', 'truth', 'choice', 'return'];
}

/** Ends that belong together: who was taken away is not at hand in the next scene. */
const pairs: Readonly<Record<string, string>> = {
  'the low point': 'the lost one found',
  'a parting': 'the voice of the lost one',
  'the lost one found': 'the last confrontation',
  'the voice of the lost one': 'the race to tell',
};

function chooseSituations(stages: readonly Stage[], seed: string): Situation[] {
  const random = seededRandom(`${seed}|situations`);
  const decks = new Map<Stage, Situation[]>();
  const chosen: Situation[] = [];
  for (const stage of stages) {
    const last = chosen.at(-1);
    const follow = situationsOf(stage).find((situation) => situation.id === pairs[last?.id ?? '']);
    if (follow !== undefined) {
      chosen.push(follow);
      continue;
    }
    let deck = decks.get(stage);
    if (deck === undefined || deck.length === 0) {
      deck = shuffle(situationsOf(stage), random);
      // What came last in the old deck must not come first in the new one.
      if (deck.length > 2 && deck[0] === last) deck.push(deck.shift() as Situation);
      decks.set(stage, deck);
    }
    chosen.push(deck.shift() as Situation);
  }
  return chosen;
}

function partnerOf(company: Company, story: Story, strangers: { next: number }): Person | undefined {
  switch (company) {
    case 'ally':
      return story.people.ally;
    case 'rival':
      return story.people.rival;
    case 'elder':
      return story.people.mentor;
    case 'stranger': {
      const person = story.others[strangers.next % story.others.length];
      strangers.next += 1;
      return person;
    }
    case 'alone':
      return undefined;
  }
}

/** The nth text of a shuffled list of templates: every template once before any comes again, written differently the next time. */
function nth(templates: readonly string[], index: number, seed: string): string {
  const template = templates[index % templates.length] as string;
  const round = Math.floor(index / templates.length);
  return writeUnit(readUnit('nth', template, {}), round, hashText(`${seed}|${template}`), {}).text;
}

/** Situations that are at home out of doors; the others need walls, tables and doors. */
const outdoors: ReadonlySet<string> = new Set([
  'a crossing',
  'a chase',
  'a storm',
  'a grave',
  'a night watch',
  'a breakdown',
  'a rescue',
  'a parting',
  'an old enemy speaks',
  'a wound',
]);

/** The whole story, scene by scene. */
export function outlineStory(story: Story): OutlineScene[] {
  const slots = story.brief.scenes.flatMap((count, chapter) =>
    Array.from({ length: count }, (_, scene) => ({ chapter: chapter + 1, scene: scene + 1 })),
  );
  const stages = stagesFor(slots.length);
  const situations = chooseSituations(stages, story.seed);
  const uses = new Map<string, number>();
  for (const situation of situations) uses.set(situation.id, (uses.get(situation.id) ?? 0) + 1);
  const met = new Map<string, number>();
  const strangers = { next: 0 };
  const inside = story.places.filter((place) => place.at === 'in');
  const outside = story.places.filter((place) => place.at !== 'in');
  const home = inside.shift() ?? story.finalPlace;
  const visited = { inside: 0, outside: 0 };
  const places = stages.map((stage, index): Place => {
    if (stage === 'call' || stage === 'return') return home;
    if (stage === 'truth' || stage === 'choice') return story.finalPlace;
    const kind = outdoors.has(situations[index]?.id ?? '') && outside.length > 0 ? 'outside' : 'inside';
    const list = kind === 'outside' ? outside : inside;
    const place = list[visited[kind] % list.length] as Place;
    visited[kind] += 1;
    return place;
  });
  let clues = 0;
  let facts = 0;
  let clue = nth(story.traces, 0, story.seed);
  return slots.map((slot, index): OutlineScene => {
    const situation = situations[index] as Situation;
    const everything = [situation.outcome, ...situation.beats].join(' ');
    const finds = situation.stage !== 'call' && everything.includes('<clue>');
    if (finds) {
      clues += 1;
      clue = nth(story.traces, clues, story.seed);
    }
    const use = met.get(situation.id) ?? 0;
    met.set(situation.id, use + 1);
    const fact = nth(story.facts, facts, story.seed);
    if (everything.includes('<fact>')) facts += 1;
    const place = places[index] as Place;
    return {
      ...slot,
      situation,
      use: [use, uses.get(situation.id) ?? 1],
      place,
      next: places.slice(index + 1).find((other) => other !== place),
      partner: partnerOf(situation.company, story, strangers),
      clue,
      finds,
      fact,
    };
  });
}
