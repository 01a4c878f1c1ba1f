import { banks, type BankName } from './banks/index.ts';
import { readUnit, type Lists, type Unit } from './grammar.ts';
import { hashText } from './random.ts';

/** Which part of the material a scene owns. Scenes are written at once and can't see each other: this is how they never share a sentence. */
export interface Partition {
  /** Names the book. */
  readonly book: string;
  /** The chapter, from 1. */
  readonly chapter: number;
  /** Chapters in all. */
  readonly of: number;
  /** The scene in its chapter, from 1. */
  readonly scene: number;
  /** Scenes in the chapter. */
  readonly scenes: number;
}

/** A unit with the rounds that this scene may write it in. */
export interface OwnUnit {
  /** The unit. */
  readonly unit: Unit;
  /** Its salt: the order of its rounds. */
  readonly salt: number;
  /** The rounds of this scene, best first. */
  readonly rounds: readonly number[];
  /** How far it is from this chapter's turn; 0 comes first, so that a book spreads its templates over the chapters. */
  readonly tier: number;
}

/** How much of each bank one chapter should draw on: the rest is left to the others, as far as it reaches. */
export interface Demand {
  /** Words of the longest chapter. */
  readonly chapterWords: number;
}

/** Banks that give each scene one piece. */
const frameBanks: ReadonlySet<BankName> = new Set([
  'opening',
  'goal',
  'conflict',
  'outcome',
  'ending',
  'stateEntry',
  'stateExit',
  'bookOpening',
]);

/** Which chapter's turn a unit is: every chapter gets another number from 0 on. */
function rankOf(salt: number, chapter: number, of: number): number {
  const strides = Array.from({ length: of }, (_, index) => index + 1).filter((stride) => gcd(stride, of) === 1);
  const stride = strides[salt % strides.length] ?? 1;
  return ((chapter - 1) * stride + (salt >>> 5)) % of;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Read once per genre: reading a template is most of the work of writing one. */
const read = new WeakMap<Lists, Map<BankName, readonly Unit[]>>();

function unitsOf(name: BankName, lists: Lists): readonly Unit[] {
  let units = read.get(lists);
  if (units === undefined) {
    units = new Map();
    read.set(lists, units);
  }
  let known = units.get(name);
  if (known === undefined) {
    known = banks[name].map((source, index) => readUnit(`${name}-${index}`, source, lists));
    units.set(name, known);
  }
  return known;
}

/** The units of a bank that a scene may use, in its own order. */
export function ownUnits(name: BankName, partition: Partition, lists: Lists, demand: Demand): OwnUnit[] {
  const frame = frameBanks.has(name);
  const units = unitsOf(name, lists);
  const supply = units.reduce((sum, unit) => sum + unit.words, 0);
  // A bank gives about a twentieth of a chapter; some more than that leaves room to choose.
  const share = Math.min(1, frame ? (partition.scenes * 3) / units.length : (demand.chapterWords * 0.08) / supply);
  const result: OwnUnit[] = [];
  for (const unit of units) {
    const salt = hashText(`${partition.book}|${unit.id}`);
    const owner = hashText(`${salt}|${partition.chapter}`) % partition.scenes;
    if (owner !== partition.scene - 1) continue;
    const rank = rankOf(salt, partition.chapter, partition.of);
    const rounds: number[] = [];
    for (let round = rank; round < unit.capacity && rounds.length < 24; round += partition.of) rounds.push(round);
    if (rounds.length === 0) continue;
    result.push({ unit, salt, rounds, tier: Math.floor(rank / Math.max(1, Math.ceil(partition.of * share))) });
  }
  const order = (own: OwnUnit): number =>
    hashText(`${own.unit.id}|${partition.book}|${partition.chapter}|${partition.scene}`);
  return result.toSorted((a, b) => a.tier - b.tier || order(a) - order(b));
}

/** Whether a scene may open a sentence so: each opening belongs to at most two scenes of a chapter, and each of them uses it once. */
export function ownsOpening(opening: string, partition: Partition): boolean {
  if (partition.scenes <= 2) return true;
  const home = hashText(`${partition.book}|${partition.chapter}|${opening}`) % partition.scenes;
  const offset = (partition.scene - 1 - home + partition.scenes) % partition.scenes;
  return offset < 2;
}

/** Whether a phrase from a list is this scene's to use first: neighbours then see, hear and smell different things. */
export function ownsPhrase(phrase: string, partition: Partition): boolean {
  const scene = (partition.chapter - 1) * partition.scenes + partition.scene;
  const groups = Math.min(6, partition.of * partition.scenes);
  return hashText(`${partition.book}|${phrase}`) % groups === scene % groups;
}
