import type { Piece, SceneMaterial, SceneOrder } from './scene-material.ts';

/** What a scene stands on: its opening and goal, its beats with the gaps between them, its outcome and end. */
export interface SceneFrame {
  /** Before the first beat. */
  readonly head: Piece[];
  /** Gaps at even places, beats at odd ones. */
  readonly body: Piece[][];
  /** After the last beat. */
  readonly tail: Piece[];
  /** What can go when there is no room, from the least needed on. */
  readonly spare: (() => void)[];
}

function push(pieces: Piece[], piece: Piece | undefined): void {
  if (piece !== undefined) pieces.push(piece);
}

/** Builds the frame of a scene. */
export function frameScene(order: SceneOrder, material: SceneMaterial): SceneFrame {
  const head: Piece[] = [];
  const tail: Piece[] = [];
  if (order.first) push(head, material.from('bookOpening', 200, true));
  // The first sentences of a short book already say who and where; its first scene has the most to tell.
  const brief = order.first && order.target < 350;
  const opening = brief ? undefined : material.from('opening', order.first ? 40 : 80);
  push(head, opening);
  // The chapter before ended on the same state; only a long scene has the room to say it again.
  const entry =
    order.scene.texts['entry'] === undefined || order.first || order.target < 400
      ? undefined
      : material.from('stateEntry', 60);
  push(head, entry);
  const goal = material.from('goal', 60);
  push(head, goal);
  const body: Piece[][] = [[]];
  const beats: Piece[][] = [];
  for (const [index, beat] of (order.situation?.beats ?? []).entries()) {
    const piece = material.beat(beat, index);
    if (piece === undefined) continue;
    const holder = [piece];
    beats.push(holder);
    body.push(holder, []);
  }
  // The request's own subject has a place in every scene.
  const subject = brief
    ? undefined
    : material.from(order.scene.story.brief.creature ? 'creatureNote' : 'topicThought', 40);
  if (subject !== undefined)
    body[Math.min(order.partition.scene % 2 === 0 ? 2 : 4, body.length - 1) & ~1]?.push(subject);
  const conflict = material.from('conflict', 60);
  if (conflict !== undefined) body[Math.min(2, body.length - 1)]?.push(conflict);
  const { stage } = order.situation ?? { stage: undefined };
  // These stages end on their own last beat; to sum them up would say it twice.
  const ends = stage === 'turn' || stage === 'truth' || stage === 'choice' || stage === 'return';
  const outcome = ends ? undefined : material.from('outcome', 70);
  push(tail, outcome);
  const exit = order.scene.texts['exit'] === undefined || order.last ? undefined : material.from('stateExit', 60);
  push(tail, exit);
  const ending = order.last || ends ? undefined : material.from('ending', 50);
  push(tail, ending);
  const drop = (from: Piece[], piece: Piece | undefined): (() => void) => {
    return () => {
      const at = piece === undefined ? -1 : from.indexOf(piece);
      if (at >= 0) from.splice(at, 1);
    };
  };
  const spare = [
    drop(tail, ending),
    ...body.map((gap) => drop(gap, conflict)),
    drop(head, entry),
    drop(head, goal),
    drop(tail, exit),
  ];
  if (order.partition.scene % 2 === 0) spare.push(...body.map((gap) => drop(gap, subject)));
  // Then beats, never the first, the last, or one that tells what the rest of the book relies on.
  const telling =
    order.situation?.stage === 'call'
      ? /<(?:event|obj|R|clue)>|shoes/iu
      : /<(?:secret|hint|ending|after|clue|fact|give|keep)>/iu;
  const droppable = beats
    .slice(1, -1)
    .filter((holder) => !telling.test(order.situation?.beats[beats.indexOf(holder)] ?? ''));
  for (const holder of droppable.toSorted((x, y) => (x[0]?.words ?? 0) - (y[0]?.words ?? 0)))
    spare.push(() => void holder.splice(0));
  spare.push(drop(tail, outcome), drop(head, opening));
  for (const holder of beats.slice(1)) spare.push(() => void holder.splice(0));
  return { head, body, tail, spare };
}
