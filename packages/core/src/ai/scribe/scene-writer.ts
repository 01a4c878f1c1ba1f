import { SceneFiller } from './scene-filler.ts';
import { frameScene } from './scene-frame.ts';
import { SceneMaterial, type Piece, type SceneOrder } from './scene-material.ts';
import { countWords } from './sentences.ts';

// How far from its target a scene may end before a piece is added or taken away.
const slack = 0.03;

/** Writes a scene: its frame and its beats first, then as much else between them as the target leaves room for. Paragraphs are apart by an empty line. */
export function composeScene(order: SceneOrder): string {
  const material = new SceneMaterial(order);
  const frame = frameScene(order, material);
  const all = (): Piece[] => [...frame.head, ...frame.body.flat(), ...frame.tail];
  const words = (): number => all().reduce((sum, piece) => sum + piece.words, 0);
  while (words() > order.target * (1 + slack) && frame.spare.length > 0) frame.spare.shift()?.();
  const filler = new SceneFiller(order, material);
  while (words() < order.target * (1 - slack)) {
    if (!filler.add(frame, Math.round(order.target * (1 + slack)) - words())) break;
  }
  return paragraphs(material.settle(all()));
}

/** Joins the pieces: talk and beats stand alone, the rest runs on to paragraphs of a few sentences. */
function paragraphs(pieces: readonly Piece[]): string {
  const result: string[] = [];
  let open = '';
  const close = (): void => {
    if (open !== '') result.push(open);
    open = '';
  };
  for (const piece of pieces) {
    if (piece.alone) {
      close();
      result.push(...piece.text.split('\n'));
      continue;
    }
    open = open === '' ? piece.text : `${open} ${piece.text}`;
    if (countWords(open) > 45) close();
  }
  close();
  return result.join('\n\n');
}
