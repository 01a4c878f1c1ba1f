#!/usr/bin/env node
import { runMain } from './command.ts';
import { leaveNothing } from './processes/tracked.ts';

// Stopped half-way, nothing stays: no process, no folder, and no results file, which is written whole at the end.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => {
    process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}orc-bench: stopped; nothing was written\n`);
    process.exit(code);
  });
}
process.once('exit', leaveNothing);

// Some measured libraries leave timers behind.
const code = await runMain(process.argv.slice(2));
process.stdout.write('', () => process.exit(code));
