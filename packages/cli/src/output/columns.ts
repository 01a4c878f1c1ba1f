import type { OutputStream } from '../host.ts';

/** How many columns a line may have: those of the terminal (80 where it does not tell), `elsewhere` for files and pipes. */
export function columnsOf(stream: OutputStream, elsewhere: number): number {
  return stream.isTTY ? stream.columns || 80 : elsewhere;
}
