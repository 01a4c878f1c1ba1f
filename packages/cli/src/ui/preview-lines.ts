import { cleanLine } from '../output/clean.ts';
import { fold } from '../output/fold.ts';
import type { RunState } from '../state/run-state.ts';
import type { FrameOptions } from './frame.ts';
import type { Line } from './phase-line.ts';

/** The end of the text that is being written, folded into the window. */
export function previewLines(state: RunState, most: number, { columns, marks }: FrameOptions): readonly Line[] {
  if (state.preview === undefined || most < 1) return [];
  const width = Math.min(columns - 6, 96);
  if (width < 16) return [];
  const written = state.preview.structured ? withoutJson(state.preview.text) : state.preview.text;
  const text = cleanLine(written);
  if (text === '') return [];
  // Always the same height while a phase writes: what jumps is not calm.
  const lines = fold(text, width).slice(-most);
  return Array.from({ length: most }, (_, index) => [
    { text: `  ${marks.edge} `, tone: 'accent' },
    { text: lines[index] ?? '', tone: 'dim' },
  ]);
}

/** The words of a structured reply, without the brackets and names around them. */
function withoutJson(text: string): string {
  return text
    .replaceAll(/\\[nrt]/g, ' ')
    .replaceAll(/"[A-Za-z0-9_]+"\s*:/g, ' ')
    .replaceAll(/([.!?…]?)"\s*,\s*"/g, (_, end: string) => (end === '' ? ', ' : `${end} `))
    .replaceAll(/[{}[\]"]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([,.;])/g, '$1');
}
