import type { Host, OutputStream } from '../host.ts';

/** Puts a text into a colour, or leaves it when colours are off. */
export type Paint = (text: string) => string;

/** The few ways in which text can stand out. */
export interface Style {
  /** Whether colours are on. */
  readonly colors: boolean;
  /** Important. */
  readonly bold: Paint;
  /** Beside the point. */
  readonly dim: Paint;
  /** Went well. */
  readonly good: Paint;
  /** Went wrong. */
  readonly bad: Paint;
  /** Worth a look. */
  readonly warn: Paint;
  /** Names and marks. */
  readonly accent: Paint;
}

/** Whether colours are wanted on a stream: the flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal that knows them. */
export function wantsColor(host: Host, stream: OutputStream, flag: string | undefined): boolean {
  if (flag === 'always') return true;
  if (flag === 'never') return false;
  if ((host.env['NO_COLOR'] ?? '') !== '') return false;
  const force = host.env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return stream.isTTY && host.env['TERM'] !== 'dumb';
}

/** A mark that no text from outside can know: colours that carry it are the command's own. */
export function newSeal(random: () => number = Math.random): string {
  const group = (): string => String(1000 + Math.floor(random() * 9000));
  return `${group()};${group()};`;
}

/** The style for a stream; a seal marks its colours for the writer, which takes all others out. */
export function createStyle(colors: boolean, seal = ''): Style {
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      colors && text !== '' ? `\u001B[${seal}${open}m${text}\u001B[${seal}${close}m` : text;
  return {
    colors,
    bold: paint(1, 22),
    dim: paint(2, 22),
    good: paint(32, 39),
    bad: paint(31, 39),
    warn: paint(33, 39),
    accent: paint(36, 39),
  };
}
