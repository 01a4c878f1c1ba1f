import { facts, trades, traces } from './banks/facts.ts';
import { common } from './banks/common.ts';
import { gesture, lookKind, time } from './banks/company.ts';
import type { Lists } from './grammar.ts';
import type { Genre, Quest } from './lexicon/genre.ts';
import { genreOf } from './lexicon/index.ts';
import { wider } from './lexicon/wider.ts';
import { givenNames, surnames } from './names.ts';
import { questOfTopic } from './quest-of-topic.ts';
import { pick, seededRandom, shuffle } from './random.ts';

/** What a person is in the story. */
export type Part = 'hero' | 'ally' | 'rival' | 'mentor' | 'lost' | 'other';

/** A person of the story. */
export interface Person {
  /** First name; the only one used in the text after the first time. */
  readonly name: string;
  /** Family name. */
  readonly surname: string;
  /** `she` or `he`. */
  readonly pronoun: 'she' | 'he';
  /** Trade, without article. */
  readonly role: string;
  /** What the person is in the story. */
  readonly part: Part;
}

/** A place of the story. */
export interface Place {
  /** Its name with article. */
  readonly name: string;
  /** The preposition that goes with it. */
  readonly at: string;
  /** What is to be seen there. */
  readonly details: readonly string[];
}

/** What the brief says, as far as the scribe uses it. */
export interface StoryBrief {
  /** The subject. */
  readonly topic: string;
  /** The subject's noun with article. */
  readonly motif: string;
  /** Whether that is a living thing. */
  readonly creature: boolean;
  /** The kind of story. */
  readonly genre: string;
  /** A place that the request names. */
  readonly place?: string | undefined;
  /** What the hero is. */
  readonly role?: string | undefined;
  /** Scenes per chapter. */
  readonly scenes: readonly number[];
  /** Words in all. */
  readonly words: number;
}

/** Everything about a story that stays the same from the first scene to the last. */
export interface Story {
  /** What it was made from. */
  readonly brief: StoryBrief;
  /** Seed of every choice. */
  readonly seed: string;
  /** The words for it. */
  readonly genre: Genre;
  /** What it is about. */
  readonly quest: Quest;
  /** The wider place. */
  readonly town: string;
  /** The people. */
  readonly people: Readonly<Record<'hero' | 'ally' | 'rival' | 'mentor' | 'lost', Person>>;
  /** People met on the way. */
  readonly others: readonly Person[];
  /** The places, in the order in which the story visits them first. */
  readonly places: readonly Place[];
  /** Where it ends. */
  readonly finalPlace: Place;
  /** Clues, as templates, in the order of their use. */
  readonly traces: readonly string[];
  /** Facts, as templates, in the order of their use. */
  readonly facts: readonly string[];
  /** Phrases by list name. */
  readonly lists: Lists;
}

const known = new WeakMap<Genre, Lists>();

/** The lists of a genre, the same object each time. */
function listsOf(genre: Genre): Lists {
  let lists = known.get(genre);
  if (lists === undefined) {
    const more = wider(genre.id);
    const merged = Object.entries(genre.lists).map(
      ([name, own]) => [name, [...new Set([...own, ...(common[name] ?? []), ...(more[name] ?? [])])]] as const,
    );
    lists = { ...Object.fromEntries(merged), gesture, lookKind, time };
    known.set(genre, lists);
  }
  return lists;
}

function readPlace(line: string): Place {
  const [at, name, details] = line.split('|');
  return { at: at ?? 'in', name: name ?? 'the house', details: (details ?? '').split(';') };
}

/** Trades that say who has them. */
function genderOf(role: string): 'she' | 'he' | undefined {
  if (
    /\b(?:girl|woman|widow|abbess|dowager|seamstress|daughter|maid|witch|queen|princess|nun|mother|midwife)\b/u.test(
      role,
    )
  )
    return 'she';
  return /\b(?:boy|man|monk|king|prince|father|squire|\w+sman)\b/u.test(role) ? 'he' : undefined;
}

function makePeople(
  genre: Genre,
  brief: StoryBrief,
  lostRole: string,
  random: () => number,
): { people: Story['people']; others: Person[] } {
  const names = shuffle(givenNames, random);
  const families = shuffle(surnames, random);
  const initials = new Set<string>();
  const next = (role: string, part: Part): Person => {
    // Different first letters keep the main people apart for the reader.
    const gender = genderOf(role);
    const fits = (given: { readonly pronoun: string }): boolean => gender === undefined || given.pronoun === gender;
    const apart = names.findIndex((given) => fits(given) && !initials.has(given.name.charAt(0)));
    const index = Math.max(0, apart >= 0 ? apart : names.findIndex(fits));
    const [given] = names.splice(index, 1);
    const name = given ?? { name: 'Robin', pronoun: 'she' as const };
    initials.add(name.name.charAt(0));
    return { name: name.name, pronoun: name.pronoun, surname: families.pop() ?? 'Thorne', role, part };
  };
  const { roles } = genre;
  const people = {
    hero: next(
      brief.role ??
        pick(
          roles.hero.filter((role) => !lostRole.endsWith(role)),
          random,
        ),
      'hero',
    ),
    ally: next(pick(roles.ally, random), 'ally'),
    rival: next(pick(roles.rival, random), 'rival'),
    mentor: next(pick(roles.elder, random), 'mentor'),
    lost: next('', 'lost'),
  };
  const strangers = [...shuffle(roles.stranger, random), ...shuffle(trades, random)];
  const count = Math.max(1, Math.min(12, Math.round(brief.scenes.reduce((sum, scenes) => sum + scenes, 0) / 6)));
  const others = strangers.slice(0, count).map((role) => next(role.replace(/’/gu, '’'), 'other'));
  return { people, others };
}

/** Makes a story from a brief: the same brief and seed, the same story, whatever is asked first. */
export function makeStory(brief: StoryBrief, seedText: string): Story {
  const seed = `${seedText}|${brief.topic}|${brief.genre}|${brief.words}`;
  const random = seededRandom(seed);
  const genre = genreOf(brief.genre);
  const quest = questOfTopic(pick(genre.quests, random), brief);
  const { people, others } = makePeople(genre, brief, quest.lostRole, random);
  const finalPlace = readPlace(quest.finalPlace);
  const lost = { ...people.lost, role: quest.lostRole.replace(/^(?:the|a|an) /u, '') };
  return {
    brief,
    seed,
    genre,
    quest,
    town: brief.place ?? pick(genre.region, random),
    people: { ...people, lost },
    others,
    places: shuffle(genre.places, random)
      .map(readPlace)
      .filter((place) => place.name !== finalPlace.name),
    finalPlace,
    traces: shuffle([...genre.lists.trace, ...traces], random),
    facts: shuffle(facts, random),
    lists: listsOf(genre),
  };
}
