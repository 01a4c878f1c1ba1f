import { processHost } from './host.ts';
import { main } from './main.ts';

/** Runs the command line of this process and ends it. */
export async function start(): Promise<never> {
  // The engine's timers hold no process (a library must not), so that a wait between two attempts would end this one.
  const alive = setInterval(() => {}, 2 ** 30);
  const code = await main(processHost(process));
  clearInterval(alive);
  // Everything is written and closed; nothing that a library left open may hold the process.
  process.exit(code);
}
