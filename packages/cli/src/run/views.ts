import type { OrcEvent } from '@orc/core';

import type { CommandContext } from '../commands/context.ts';
import type { Config } from '../config/load.ts';
import { describeEvent, type LogLevel } from '../output/describe.ts';
import { fileSink, passes, type LogSink } from '../output/log-sink.ts';
import { PlainView } from '../output/plain-view.ts';
import { chooseView, type ViewName } from '../output/view-choice.ts';
import type { LiveView } from '../ui/live-view.tsx';
import { applyEvent, initialRunState, type RunState } from '../state/run-state.ts';
import type { Cancellation } from './cancel.ts';
import { jsonText } from '../output/json.ts';

/** How often a log tells of workers and memory, in milliseconds. */
const sampleEveryMs = 2000;

/** All that shows or records what a run tells. */
export class Views {
  readonly #context: CommandContext;
  readonly #view: ViewName;
  readonly #level: LogLevel;
  readonly #verbose: boolean;
  readonly #file: LogSink | undefined;
  readonly #stream: boolean;
  #plain: PlainView | undefined;
  #live: LiveView | undefined;
  #state: RunState = initialRunState;
  #sampledMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  /**
   * Chooses the view and opens the log file.
   *
   * @throws ERR_CLI_OUTPUT when the log file can't be written.
   */
  constructor(context: CommandContext, config: Config) {
    const { host, flags, errorStyle } = context;
    const { settings } = config;
    const verbose = flags.is('verbose') === true;
    const outputFormat = flags.text('output-format') ?? 'text';
    this.#context = context;
    this.#verbose = verbose;
    this.#level = verbose ? 'debug' : settings['log.level'];
    this.#stream = outputFormat === 'stream-json';
    this.#view = chooseView(host, {
      ui: flags.text('ui'),
      quiet: flags.is('quiet') === true,
      logFormat: settings['log.format'],
      outputFormat,
    });
    this.#file =
      settings['log.file'] === '' ? undefined : fileSink(settings['log.file'], this.#level, settings['log.format']);
    if (this.#view !== 'plain') return;
    this.#plain = new PlainView({
      host,
      note: context.note,
      style: errorStyle,
      level: this.#level,
      format: settings['log.format'],
      grouped: host.env['GITHUB_ACTIONS'] === 'true' && settings['log.format'] === 'text',
      heartbeatMs: 20_000,
    });
  }

  /** The run so far. */
  get state(): RunState {
    return this.#state;
  }

  /** Whether the live view is the one that shows the run. */
  get live(): boolean {
    return this.#view === 'live';
  }

  /** Loads and starts the live view, when that is the one. */
  async start(request: string, cancellation: Cancellation, onPause: (paused: boolean) => void): Promise<void> {
    if (this.#view !== 'live') return;
    const { host, errorStyle } = this.#context;
    const { startLiveView } = await import('../ui/live-view.tsx');
    const live = startLiveView({
      host,
      request,
      colors: errorStyle.colors,
      details: this.#verbose,
      onCancel: (reason) => cancellation.request(reason),
      onPause,
    });
    this.#live = live;
    // What others say goes above the view, not through it.
    this.#context.divertNotes((line) => live.say(line));
    cancellation.onHardExit(() => live.restore());
    cancellation.signal.addEventListener('abort', () => live.cancelled(), { once: true });
    // The first frame is painted before the engine is loaded.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Takes an event. */
  event(event: OrcEvent): void {
    this.#state = applyEvent(this.#state, event);
    this.#live?.event(event);
    if (this.#stream) this.#context.print(jsonText({ schema: 'orc.event/1', ...event }));
    if (this.#tooSoon(event)) return;
    this.#plain?.event(event);
    const record = this.#file === undefined && this.#live === undefined ? undefined : describeEvent(event);
    if (record === undefined) return;
    this.#file?.write(record);
    // The end of a phase is a line of the view itself.
    if (this.#verbose && event.type !== 'phase-end' && passes(record, this.#level)) this.#live?.log(record);
  }

  /** Readings of workers and memory come four times a second: a log needs fewer. */
  #tooSoon(event: OrcEvent): boolean {
    if (event.type !== 'sample') return false;
    if (event.elapsedMs - this.#sampledMs < sampleEveryMs) return true;
    this.#sampledMs = event.elapsedMs;
    return false;
  }

  /** Ends what is shown. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.divertNotes(undefined);
    await this.#live?.close();
    this.#plain?.close();
    this.#file?.close();
  }
}
