/** A progress bar on a terminal, two lines for each scenario elsewhere. */
export interface Progress {
  /** A scenario begins: the first of so many. */
  start(title: string, number: number, of: number): void;
  /** So much of it is done. */
  update(fraction: number, what?: string): void;
  /** It is over. */
  done(seconds: number): void;
  /** It came to nothing: takes the bar away. */
  clear(): void;
}

const barCells = 24;
const titleCells = 28;

/** Where a progress bar is drawn. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Draws on `stream`. */
export function createProgress(stream: ProgressStream, now: () => number = () => performance.now()): Progress {
  const live = stream.isTTY === true;
  let head = '';
  let started = 0;
  let fraction = 0;
  let what = '';
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    const cells = Math.round(Math.min(1, Math.max(0, fraction)) * barCells);
    const bar = `${'█'.repeat(cells)}${'░'.repeat(barCells - cells)}`;
    const seconds = `${Math.round((now() - started) / 1000)} s`;
    const line = `${head} ${bar} ${`${Math.floor(fraction * 100)} %`.padStart(5)} ${seconds.padStart(5)}  ${what}`;
    stream.write(`\r\u001b[K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  const clear = (): void => {
    clearInterval(timer);
    timer = undefined;
    if (live) stream.write('\r\u001b[K');
  };
  return {
    start(title, number, of) {
      head = `${`[${number}/${of}]`.padStart(`[${of}/${of}]`.length)} ${title.padEnd(titleCells).slice(0, titleCells)}`;
      started = now();
      fraction = 0;
      what = '';
      if (!live) {
        stream.write(`[${number}/${of}] ${title} …\n`);
        return;
      }
      draw();
      // The seconds go on where a step is long. It costs microseconds once a second, which no median sees.
      timer = setInterval(draw, 1000);
      timer.unref();
    },
    update(next, of = what) {
      fraction = next;
      what = of;
      if (live) draw();
    },
    done(seconds) {
      clear();
      const took = `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
      stream.write(live ? `${head} ${took}\n` : `    ${took}\n`);
    },
    clear,
  };
}
