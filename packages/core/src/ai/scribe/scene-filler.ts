import type { BankName } from './banks/index.ts';
import { hashText } from './random.ts';
import type { SceneFrame } from './scene-frame.ts';
import type { Piece, SceneMaterial, SceneOrder } from './scene-material.ts';

/** Scenes in which hands and feet are busy; elsewhere people talk, and nobody opens drawers meanwhile. */
const physical: ReadonlySet<string> = new Set([
  'a search',
  'a crossing',
  'a hidden room',
  'a night watch',
  'a chase',
  'a breakdown',
  'a grave',
  'a trap',
  'a theft',
  'a storm',
  'a rescue',
  'the low point',
  'the lost one found',
]);

/** How often a bank may be drawn on in one scene before the others have had their turn. */
const caps: Partial<Readonly<Record<BankName, number>>> = {
  obstacle: 1,
  transition: 1,
  topicThought: 1,
  creatureNote: 1,
  motifNote: 1,
  company: 2,
  alone: 2,
  friendly: 2,
  guarded: 2,
  hostile: 2,
};

function talkOf(order: SceneOrder): BankName {
  if (order.scene.partner === undefined) return 'alone';
  if (order.friend) return 'friendly';
  return order.situation?.company === 'rival' ? 'hostile' : 'guarded';
}

/** Fills a scene up between its beats. */
export class SceneFiller {
  readonly #order: SceneOrder;
  readonly #material: SceneMaterial;
  readonly #drawn = new Map<BankName, number>();
  readonly #cycle: readonly BankName[];
  readonly #busy: boolean;
  #turn: number;

  constructor(order: SceneOrder, material: SceneMaterial) {
    this.#order = order;
    this.#material = material;
    const talk = talkOf(order);
    const subject: BankName = order.scene.story.brief.creature ? 'creatureNote' : 'motifNote';
    this.#busy = order.situation === undefined || physical.has(order.situation.id);
    this.#cycle = [
      'observe',
      talk,
      'reflect',
      'company',
      'action',
      subject,
      'observe',
      'topicThought',
      talk,
      'reflect',
      'obstacle',
      'transition',
    ];
    this.#turn = hashText(`${order.partition.chapter}/${order.partition.scene}`) % 4;
  }

  /** Puts one more piece of at most about `room` words into a gap. Says whether there was one. */
  add(frame: SceneFrame, room: number): boolean {
    for (const careful of [true, false]) {
      for (let step = 0; step < this.#cycle.length; step += 1) {
        const bank = this.#cycle[(this.#turn + step) % this.#cycle.length] as BankName;
        const count = this.#drawn.get(bank) ?? 0;
        if (careful && count >= (caps[bank] ?? 9)) continue;
        if (careful && !this.#busy && (bank === 'action' || bank === 'obstacle')) continue;
        const piece = this.#material.from(bank, room);
        if (piece === undefined) continue;
        this.#drawn.set(bank, count + 1);
        this.#turn += step + 1;
        frame.body[this.#gap(frame, bank, count)]?.push(piece);
        return true;
      }
    }
    return false;
  }

  /** Where a piece goes: never between a line and its answer, and nothing about a person before that person has come. */
  #gap(frame: SceneFrame, bank: BankName, count: number): number {
    const gaps = frame.body.map((_, index) => index).filter((index) => index % 2 === 0);
    const loose = gaps
      .slice(0, -1)
      .filter((index) => index === 0 || !answers(frame.body[index - 1]?.[0], frame.body[index + 1]?.[0]));
    const talk = bank === talkOf(this.#order);
    const met = this.#order.friend && !this.#order.first;
    const meeting = this.#order.scene.partner !== undefined && !met && (talk || bank === 'company');
    const usable = meeting && loose.length > 1 ? loose.slice(1) : loose;
    // The first exchange opens the scene, the next one comes late in it: two in a row would talk past each other.
    if (talk) return (count % 2 === 0 ? usable[0] : usable.at(-1)) ?? 0;
    return usable[this.#turn % usable.length] ?? 0;
  }
}

/** Whether a beat takes up the talk of the one before it. */
function answers(before: Piece | undefined, after: Piece | undefined): boolean {
  return before !== undefined && after !== undefined && before.text.endsWith('”') && after.text.startsWith('“');
}
