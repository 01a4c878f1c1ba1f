/** A progress bar on a terminal, a line for each scenario elsewhere. */
export interface Progress {
  start(title: string): void;
  update(fraction: number, what?: string): void;
  done(): void;
}

/** Draws on `stream`. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  let title = '';
  let shown = -1;
  return {
    start(next) {
      title = next;
      shown = -1;
      if (!stream.isTTY) stream.write(`${title} …\n`);
    },
    update(fraction, what = '') {
      if (!stream.isTTY) return;
      const cells = Math.round(Math.min(1, fraction) * 30);
      if (cells === shown && what === '') return;
      shown = cells;
      const line = `${title.padEnd(28).slice(0, 28)} ${'█'.repeat(cells)}${'░'.repeat(30 - cells)} ${what}`;
      stream.write(`\r\u001b[K${line.slice(0, Math.max(20, stream.columns - 1))}`);
    },
    done() {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}
