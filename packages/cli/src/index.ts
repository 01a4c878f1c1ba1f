/**
 * The `orc` command as a library: run a command line in a process of your own, and read its results.
 *
 * @packageDocumentation
 */
export { main } from './main.ts';
export { processHost, type EndSignal, type Host, type InputStream, type OutputStream } from './host.ts';
export { exitCodes, type ExitCode } from './exit-code.ts';
export { CliError, isCliError, type CliErrorCode } from './errors.ts';
