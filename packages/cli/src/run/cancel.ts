import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { EndSignal, Host } from '../host.ts';

/** How long a cancelled run may take to end before it is ended, in milliseconds. */
const patienceMs = 10_000;

/** Ends a run when it is asked to: by Ctrl-C, by a key of the live view, by a signal. */
export class Cancellation {
  readonly #host: Host;
  readonly #controller = new AbortController();
  readonly #stops: (() => void)[] = [];
  readonly #beforeExit: (() => void)[] = [];
  #exitCode: ExitCode | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Listens to the signals. */
  constructor(host: Host) {
    this.#host = host;
    const codes: Readonly<Record<EndSignal, ExitCode>> = {
      SIGINT: exitCodes.interrupted,
      SIGTERM: exitCodes.terminated,
      SIGHUP: exitCodes.hungUp,
    };
    for (const signal of Object.keys(codes) as EndSignal[]) {
      this.#stops.push(
        host.onSignal(signal, () => {
          // A shell that ends hangs its jobs up once more, after the terminal did.
          if (signal === 'SIGHUP' && this.#exitCode !== undefined) return;
          this.request(signal, codes[signal]);
        }),
      );
    }
  }

  /** Aborted when the run is to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code that the request calls for; `undefined` when there was none. */
  get exitCode(): ExitCode | undefined {
    return this.#exitCode;
  }

  /** Calls `restore` before the process is ended the hard way: the terminal has to be left as it was. */
  onHardExit(restore: () => void): void {
    this.#beforeExit.push(restore);
  }

  /** Asks the run to end. The second time, or when it takes longer than ten seconds, the process ends at once. */
  request(reason: string, exitCode: ExitCode = exitCodes.interrupted): void {
    if (this.#exitCode !== undefined) {
      this.#exitNow();
      return;
    }
    this.#exitCode = exitCode;
    this.#timer = setTimeout(() => this.#exitNow(), patienceMs);
    this.#timer.unref();
    this.#controller.abort(new DOMException(`cancelled by ${reason}`, 'AbortError'));
  }

  /** Ends the run because nobody reads its result any more; that is no failure. */
  leave(): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = exitCodes.ok;
    this.#timer = setTimeout(() => this.#host.exit(exitCodes.ok), patienceMs);
    this.#timer.unref();
    this.#controller.abort(new DOMException('the reader of stdout left', 'AbortError'));
  }

  /** Stops listening. */
  close(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }

  #exitNow(): void {
    for (const restore of this.#beforeExit) {
      try {
        restore();
      } catch {
        // The process ends anyway.
      }
    }
    const code = this.#exitCode ?? exitCodes.interrupted;
    if (code === exitCodes.hungUp) void this.#host.raise('SIGHUP').then(() => this.#host.exit(code));
    else {
      this.#host.dropLostTerminal();
      this.#host.exit(code);
    }
  }
}
