import type { BankName } from './banks/index.ts';
import { readUnit, writeUnit, type Unit } from './grammar.ts';
import { ownsOpening, ownsPhrase, ownUnits, type Demand, type OwnUnit, type Partition } from './partition.ts';
import { hashText } from './random.ts';
import { countWords, doublesWord, openingOf, sentenceKey, splitSentences } from './sentences.ts';
import type { Situation } from './situations/situation.ts';
import { fill, type Focus, type Scene } from './slots.ts';

/** What one scene is written from. */
export interface SceneOrder {
  /** What the slots stand for. */
  readonly scene: Scene;
  /** What happens, when the card names a situation that the scribe knows. */
  readonly situation: Situation | undefined;
  /** Which use of that situation this is, and of how many. */
  readonly use: readonly [number, number];
  /** The part of the material that belongs to this scene. */
  readonly partition: Partition;
  /** Words of the longest chapter. */
  readonly demand: Demand;
  /** Words to write. */
  readonly target: number;
  /** Whether it is the first scene of the book, the last of it. */
  readonly first: boolean;
  /** See `first`. */
  readonly last: boolean;
  /** Whether the other person is a friend. */
  readonly friend: boolean;
}

/** A written piece of a scene. */
export interface Piece {
  /** Its text. */
  readonly text: string;
  /** The text with its slots, to be filled again where it comes to stand. */
  readonly raw: string;
  /** Its words. */
  readonly words: number;
  /** Whether it stands alone, as talk and beats do; the rest may share a paragraph. */
  readonly alone: boolean;
}

interface Attempt {
  readonly text: string;
  readonly raw: string;
  readonly sentences: readonly string[];
  readonly openings: ReadonlyMap<string, number>;
  readonly phrases: readonly string[];
}

/** Before anybody was named. */
const nobody: Focus = { name: '', since: 9 };

const together = /\b(?:they|them|both|neither|each other|between them)\b/iu;

/** The part of the grammar that one scene may draw on, and what it has drawn so far. */
export class SceneMaterial {
  readonly #order: SceneOrder;
  readonly #own = new Map<BankName, OwnUnit[]>();
  readonly #taken = new Set<string>();
  readonly #openings = new Map<string, number>();
  readonly #sentences = new Set<string>();
  readonly #phrases = new Set<string>();

  constructor(order: SceneOrder) {
    this.#order = order;
  }

  /** Fills the slots once more, now in the order of reading, so that the hero is `she` or `he` wherever that is clear. */
  settle(pieces: readonly Piece[]): Piece[] {
    let focus: Focus = nobody;
    return pieces.map((piece) => {
      const filled = fill(piece.raw, this.#order.scene, focus);
      const named = fill(piece.raw, this.#order.scene, nobody);
      if (filled === undefined || named === undefined || doublesWord(filled.text)) return piece;
      if (filled.text === piece.text) {
        focus = filled.focus;
        return piece;
      }
      const before = new Set(splitSentences(piece.text).map(openingOf));
      const changed = splitSentences(filled.text)
        .map(openingOf)
        .filter((opening) => !before.has(opening));
      if (changed.some((opening) => this.#openings.has(opening) || !ownsOpening(opening, this.#order.partition))) {
        focus = named.focus;
        return piece;
      }
      for (const opening of changed) this.#openings.set(opening, 1);
      focus = filled.focus;
      return { ...piece, text: filled.text };
    });
  }

  #allowed(bank: BankName, unit: Unit): boolean {
    const order = this.#order;
    const friend = order.friend && order.scene.partner !== undefined;
    const { source } = unit;
    if (source.includes('<A') && order.scene.partner === undefined) return false;
    if (bank === 'company' && !friend && !source.includes('[gesture]') && !source.includes('[lookKind]')) return false;
    const frame =
      bank === 'opening' ||
      bank === 'goal' ||
      bank === 'ending' ||
      bank === 'obstacle' ||
      bank === 'action' ||
      bank === 'transition';
    if (frame && (source.includes('<A') || together.test(source)) && !friend) return false;
    const stage = order.situation?.stage;
    const late = stage === 'loss' || stage === 'truth' || stage === 'choice' || stage === 'return';
    if (source.includes('<theclue>') && bank === 'ending' && (late || order.situation?.id === 'a rescue')) return false;
    if (bank === 'ending' && late && source.includes('<Q>')) return false;
    return true;
  }

  /** A piece from a bank that fits into `room` words, or none. Tries to say nothing with a phrase that the scene has used. */
  from(bank: BankName, room: number, must = false): Piece | undefined {
    let own = this.#own.get(bank);
    if (own === undefined) {
      own = ownUnits(bank, this.#order.partition, this.#order.scene.story.lists, this.#order.demand);
      this.#own.set(bank, own);
    }
    const last = Math.max(0, ...own.map((candidate) => candidate.tier));
    // What is this chapter's turn comes first, even when a phrase of it is a neighbour's; only then the rest, and repetition last.
    const passes = [
      ...Array.from({ length: last + 1 }, (_, tier) => [
        [tier, 2],
        [tier, 1],
      ]).flat(),
      [Infinity, 0],
    ] as [number, 0 | 1 | 2][];
    for (const [tier, care] of passes) {
      for (const candidate of own) {
        if (candidate.tier > tier) break;
        if (this.#taken.has(candidate.unit.id) || !this.#allowed(bank, candidate.unit)) continue;
        if (candidate.unit.words > room + 8) continue;
        for (const round of candidate.rounds) {
          const text = this.#try(candidate.unit, round, candidate.salt, care);
          if (text === undefined) continue;
          const words = countWords(text.text);
          if (words > room + 3 && !must) continue;
          this.#take(candidate.unit.id, text);
          return {
            text: text.text,
            raw: text.raw,
            words,
            alone:
              bank === 'friendly' ||
              bank === 'hostile' ||
              bank === 'guarded' ||
              text.text.includes('\n') ||
              bank === 'bookOpening',
          };
        }
      }
    }
    if (!must) return undefined;
    // The book's own first sentences are needed, whoever owns them.
    const all = ownUnits(
      bank,
      { ...this.#order.partition, scenes: 1, scene: 1, of: 1, chapter: 1 },
      this.#order.scene.story.lists,
      this.#order.demand,
    );
    for (const candidate of all) {
      const text = this.#try(candidate.unit, 0, candidate.salt, 0);
      if (text === undefined) continue;
      this.#take(candidate.unit.id, text);
      return { text: text.text, raw: text.raw, words: countWords(text.text), alone: true };
    }
    return undefined;
  }

  /** A beat of the scene's situation; none when the situation has been used up to what the beat has in it. */
  beat(source: string, index: number): Piece | undefined {
    const order = this.#order;
    const unit = readUnit(`${order.situation?.id ?? ''}-${index}`, source, order.scene.story.lists);
    const salt = hashText(`${order.partition.book}|${unit.id}`);
    const [use, uses] = order.use;
    for (const care of [2, 1, 0] as const) {
      let tries = 0;
      for (let round = use; round < unit.capacity && tries < 40; round += uses) {
        tries += 1;
        const text = this.#try(unit, round, salt, care, care === 0);
        if (text === undefined) continue;
        this.#take(unit.id, text);
        return { text: text.text, raw: text.raw, words: countWords(text.text), alone: true };
      }
    }
    return undefined;
  }

  /** Writes a unit out and says whether the scene may have it. */
  #try(unit: Unit, round: number, salt: number, care: 0 | 1 | 2, lenient = false): Attempt | undefined {
    const order = this.#order;
    const writing = writeUnit(unit, round, salt, order.scene.story.lists);
    if (care > 0 && writing.phrases.some((phrase) => this.#phrases.has(phrase))) return undefined;
    if (care > 1 && !writing.phrases.every((phrase) => ownsPhrase(phrase, order.partition))) return undefined;
    if (new Set(writing.phrases).size < writing.phrases.length) return undefined;
    const filled = fill(writing.text, order.scene, nobody);
    if (filled === undefined || doublesWord(filled.text)) return undefined;
    const sentences = splitSentences(filled.text);
    const openings = new Map<string, number>();
    for (const sentence of sentences) {
      const key = sentenceKey(sentence);
      const words = key.split(' ').length;
      if (words >= 6 && this.#sentences.has(key)) return undefined;
      const opening = openingOf(sentence);
      const before = (this.#openings.get(opening) ?? 0) + (openings.get(opening) ?? 0);
      const short = words < 3;
      // A lone "No" is no opening; still, no scene is to be full of them.
      const limit = short ? 2 : 1;
      if (before >= limit) return undefined;
      if (!short && !(lenient && words < 6) && !ownsOpening(opening, order.partition)) return undefined;
      openings.set(opening, (openings.get(opening) ?? 0) + 1);
    }
    return { text: filled.text, raw: writing.text, sentences, openings, phrases: writing.phrases };
  }

  #take(id: string, attempt: Attempt): void {
    this.#taken.add(id);
    for (const sentence of attempt.sentences) this.#sentences.add(sentenceKey(sentence));
    for (const [opening, count] of attempt.openings)
      this.#openings.set(opening, (this.#openings.get(opening) ?? 0) + count);
    for (const phrase of attempt.phrases) this.#phrases.add(phrase);
  }
}
