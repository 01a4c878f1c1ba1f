import { parseArgv, type Invocation } from './args/program.ts';
import type { CommandContext } from './commands/context.ts';
import { flagsOf } from './commands/table.ts';
import type { Config } from './config/load.ts';
import { codeOf, isCliError, messageOf } from './errors.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import type { Host, OutputStream } from './host.ts';
import { createStyle, newSeal, wantsColor } from './output/style.ts';
import { TextWriter } from './output/text-writer.ts';
import { systemReason } from './system-error.ts';
import { version } from './version.ts';

/**
 * Runs one command line and resolves to its exit code. It never rejects: what goes wrong is one clear message on stderr.
 */
export async function main(host: Host): Promise<number> {
  // A reader that leaves early (`orc … | head`) is no error of ours; a stream without a listener would crash the process.
  let lost: Error | undefined;
  host.stdout.on('error', (error: Error) => {
    lost ??= error;
  });
  let speaks = false;
  const openStderr = (): void => {
    if (!speaks) host.stderr.on('error', () => {});
    speaks = true;
  };
  const seal = newSeal();
  const out = new TextWriter(() => host.stdout, seal);
  const err = new TextWriter(() => host.stderr, seal);
  let code: number;
  let debug = host.argv.some((word) => /^--?verbose$/.test(word) || word === '-v');
  try {
    const invocation = read(host);
    if (invocation.type === 'command') {
      debug = invocation.flags.is('verbose') === true;
      openStderr();
      const run = await invocation.command.load();
      code = await run(createContext(host, invocation, { seal, out, err }));
    } else {
      const text = invocation.type === 'version' ? version : invocation.text;
      out.write(text.endsWith('\n') ? text : `${text}\n`);
      code = exitCodes.ok;
    }
  } catch (error) {
    openStderr();
    code = lost !== undefined && codeOf(lost) === 'EPIPE' ? exitCodes.ok : explain(host, error, { debug, seal, err });
  }
  await written(host.stdout);
  if (lost !== undefined && codeOf(lost) !== 'EPIPE') {
    openStderr();
    err.write(`orc: stdout: ${systemReason(lost)}\n`);
    if (code === exitCodes.ok) code = exitCodes.failed;
  }
  if (speaks) await written(host.stderr);
  // All is saved, written and closed by now: whoever waits for this process is to see what ended it.
  if (code === exitCodes.hungUp) await host.raise('SIGHUP');
  host.dropLostTerminal();
  return code;
}

const versionFlags: readonly string[] = ['--version', '-version', '-V'];

/** Reads the command line; the version alone needs no parser. */
function read(host: Host): Invocation {
  if (host.argv.length === 1 && versionFlags.includes(host.argv[0] ?? '')) return { type: 'version' };
  return parseArgv(host.argv, { columns: host.stdout.columns || 80, interactive: () => host.stdin.isTTY === true });
}

/** Waits until a stream has taken, or refused, all that was written to it. */
function written(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}

/** The writers of both streams, and the seal of the colours that they let through. */
interface Writers {
  readonly seal: string;
  readonly out: TextWriter;
  readonly err: TextWriter;
}

function createContext(
  host: Host,
  { command, words, flags }: Extract<Invocation, { type: 'command' }>,
  { seal, out, err }: Writers,
): CommandContext {
  const color = flags.text('color');
  const errorStyle = createStyle(wantsColor(host, host.stderr, color), seal);
  let config: Promise<Config> | undefined;
  let diverted: ((line: string) => void) | undefined;
  const note = (line: string): void => {
    if (diverted === undefined) err.write(`${line}\n`);
    else diverted(line);
  };
  const load = async (): Promise<Config> => {
    const { loadConfig } = await import('./config/load.ts');
    const loaded = await loadConfig(host, { file: flags.text('config'), flags: flags.settings(flagsOf(command)) });
    if (flags.is('quiet') !== true)
      for (const warning of loaded.warnings) note(`${errorStyle.warn('warning:')} ${warning}`);
    return loaded;
  };
  return {
    host,
    command,
    words,
    flags,
    version,
    style: createStyle(wantsColor(host, host.stdout, color), seal),
    errorStyle,
    config() {
      config ??= load();
      return config;
    },
    print: (line) => out.write(`${line}\n`),
    printExact: (text) => out.exact(text),
    note,
    divertNotes(to) {
      diverted = to;
    },
  };
}

/** What `--color` says, also where the rest of the command line can't be read. */
function colorWish(argv: readonly string[]): string | undefined {
  const at = argv.findLastIndex((word) => /^--?color(?:=|$)/.test(word));
  const word = argv[at];
  return word === undefined ? undefined : word.includes('=') ? word.slice(word.indexOf('=') + 1) : argv[at + 1];
}

/** Says what went wrong, for people, and returns the exit code that goes with it. */
function explain(
  host: Host,
  error: unknown,
  { debug, seal, err }: { readonly debug: boolean } & Pick<Writers, 'seal' | 'err'>,
): number {
  const style = createStyle(wantsColor(host, host.stderr, colorWish(host.argv)), seal);
  const code = codeOf(error);
  const exitCode = isCliError(error) ? error.exitCode : exitCodeOf(code);
  const own = code.startsWith('ERR_');
  const message = messageOf(error);
  const hint = (error as { readonly hint?: unknown } | null)?.hint;
  const hinted = typeof hint === 'string' && hint !== '';
  // One line for one mistake; a list of problems keeps its lines.
  const between = message.includes('\n') ? '\n     ' : ' — ';
  err.write(`${style.bad('orc:')} ${message}${hinted ? `${between}${hint}` : ''}\n`);
  if (hinted) return exitCode;
  if (!own && !debug) err.write('     with -verbose it tells where this happened\n');
  if (debug && !own && error instanceof Error && error.stack !== undefined) err.write(`${style.dim(error.stack)}\n`);
  return exitCode;
}
