import { EventEmitter } from 'node:events';

import stringWidth from 'string-width';

import type { Host, OutputStream } from '../host.ts';

/** Writes that begin and end a synchronized update: they paint nothing. */
const synchronized: ReadonlySet<string> = new Set(['\u001B[?2026h', '\u001B[?2026l']);

/** What ends the erasing of a frame. */
const erased = '\u001B[G';

/** One row up, and that row emptied. */
const eraseRowAbove = '\u001B[1A\u001B[2K';

/**
 * A terminal as ink should see it.
 *
 * - Its height is hidden: where a frame does not fit, ink clears the window *and the scrollback*, all that was there before this command.
 *   Our frames fit; for the moment after the window was made smaller, a stale line is the lesser evil.
 * - When the window gets narrower, terminals fold the lines that no longer fit. ink erases as many rows as it has written; what folding has
 *   added is erased here first.
 */
export class FoldingTerminal extends EventEmitter {
  readonly isTTY: boolean;
  readonly #stream: OutputStream;
  readonly #folds: boolean;
  readonly #onResize = (): void => this.#resized();
  #columns: number;
  #frame = '';

  /** Takes the stream, and whether the terminal folds lines when it gets narrower. */
  constructor(stream: OutputStream, folds: boolean) {
    super();
    this.isTTY = stream.isTTY;
    this.#stream = stream;
    this.#folds = folds;
    this.#columns = this.columns;
    stream.on('resize', this.#onResize);
  }

  /** The width of the window. */
  get columns(): number {
    return this.#stream.columns || 80;
  }

  /** As high as ink likes; {@link FoldingTerminal.windowRows} is the truth. */
  get rows(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** The height of the window. */
  get windowRows(): number {
    return this.#stream.rows || 24;
  }

  /** Writes, and remembers the frame: it is what ink writes last, behind the erasing of the one before. */
  write(text: string, ...rest: readonly never[]): boolean {
    if (!synchronized.has(text)) this.#frame = text.split(erased).at(-1) ?? '';
    return this.#stream.write(text, ...rest);
  }

  /** Stops listening to the stream. */
  close(): void {
    this.#stream.off('resize', this.#onResize);
    this.removeAllListeners();
  }

  #resized(): void {
    const { columns } = this;
    if (this.#folds && columns < this.#columns) {
      const added = this.#frame
        .split('\n')
        .reduce((sum, line) => sum + Math.max(0, Math.ceil(stringWidth(line) / columns) - 1), 0);
      this.#stream.write(eraseRowAbove.repeat(added));
    }
    this.#columns = columns;
    this.emit('resize');
  }
}

/** Whether a terminal folds lines that no longer fit: all current ones do; xterm, rxvt, GNU screen and the console cut them. */
export function foldsLines(env: Host['env']): boolean {
  const term = env['TERM'] ?? '';
  if (env['TMUX'] !== undefined) return true;
  return !/^(linux|rxvt|screen)/.test(term) && env['XTERM_VERSION'] === undefined && env['STY'] === undefined;
}
