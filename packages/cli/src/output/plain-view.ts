import type { OrcEvent } from '@orc/core';

import type { Host } from '../host.ts';
import { isEnded } from '../state/progress.ts';
import { applyEvent, initialRunState, type RunState } from '../state/run-state.ts';
import { describeEvent, type LogLevel, type LogRecord } from './describe.ts';
import { formatDuration, formatShare } from './format.ts';
import { jsonLine, passes, textLine, type LogSink } from './log-sink.ts';
import type { Style } from './style.ts';

/** What a plain view is told. */
export interface PlainViewOptions {
  /** The process around it. */
  readonly host: Host;
  /** Writes a line for people to stderr. */
  readonly note: (line: string) => void;
  /** The style for stderr. */
  readonly style: Style;
  /** The least severe records that are written. */
  readonly level: LogLevel;
  /** Lines for people or JSON. */
  readonly format: 'text' | 'json';
  /** Whether phases are folded into the groups of GitHub Actions. */
  readonly grouped: boolean;
  /** Silence after which a sign of life is written, in milliseconds. */
  readonly heartbeatMs: number;
}

/** One line for each event on stderr: for pipes, CI and terminals that can't move the cursor. */
export class PlainView implements LogSink {
  readonly #options: PlainViewOptions;
  readonly #held = new Map<string, LogRecord[]>();
  readonly #failures: LogRecord[] = [];
  readonly #heartbeat: NodeJS.Timeout | undefined;
  #state: RunState = initialRunState;
  #width = 8;
  #lastWriteAt: number;

  /** Starts the view. */
  constructor(options: PlainViewOptions) {
    this.#options = options;
    this.#lastWriteAt = options.host.now();
    this.#heartbeat = setInterval(() => this.#beat(), Math.max(10, options.heartbeatMs / 2)).unref();
  }

  /** Takes an event. */
  event(event: OrcEvent): void {
    this.#state = applyEvent(this.#state, event);
    if (event.type === 'run-start') this.#width = Math.max(8, ...event.phases.map((phase) => phase.id.length));
    const record = describeEvent(event);
    if (record !== undefined) this.write(record);
    if (event.type === 'phase-end' && this.#options.grouped) this.#closeGroup(event.phase, event.status === 'failed');
  }

  /** Takes a record. */
  write(record: LogRecord): void {
    if (!passes(record, this.#options.level)) return;
    if (record.level === 'error' && record.event === 'task-end') this.#failures.push(record);
    const { grouped } = this.#options;
    if (grouped && record.subject !== 'run') {
      const held = this.#held.get(record.subject) ?? [];
      held.push(record);
      this.#held.set(record.subject, held);
      return;
    }
    this.#line(this.#text(record));
  }

  /** Ends the view: what is still held is written, failures are said again, last. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const subject of this.#held.keys()) this.#closeGroup(subject, true);
    const failures = this.#failures;
    if (failures.length === 0 || this.#options.format === 'json') return;
    this.#line(this.#options.style.bad('failures:'));
    for (const record of failures) {
      this.#line(this.#text(record));
      if (this.#options.grouped) this.#line(`::error title=${record.subject}::${escapeCommand(record.message)}`);
    }
  }

  /** GitHub Actions folds the lines of a finished phase; a failed one stays open. */
  #closeGroup(subject: string, open: boolean): void {
    const held = this.#held.get(subject);
    if (held === undefined) return;
    this.#held.delete(subject);
    const last = held.at(-1);
    if (open || last === undefined) {
      for (const record of held) this.#line(this.#text(record));
      return;
    }
    this.#line(`::group::${subject}: ${escapeCommand(last.message)}`);
    for (const record of held) this.#line(this.#text(record));
    this.#line('::endgroup::');
  }

  #beat(): void {
    const { host, heartbeatMs, level } = this.#options;
    const now = host.now();
    if (
      level === 'error' ||
      level === 'warn' ||
      now - this.#lastWriteAt < heartbeatMs ||
      this.#state.status === 'starting'
    )
      return;
    const running = this.#state.phases.filter((phase) => phase.status === 'running' && !isEnded(phase));
    const elapsedMs = now - this.#state.startedAt;
    const what = running
      .map((phase) => (phase.fanOut ? `${phase.id} ${phase.done}/${phase.tasks}` : phase.id))
      .join(', ');
    this.#line(
      this.#text({
        level: 'info',
        at: now,
        elapsedMs,
        subject: 'run',
        message: `still running after ${formatDuration(elapsedMs)}, ${formatShare(this.#state.progress)}: ${what}`,
        event: 'heartbeat',
        fields: { phases: running.map((phase) => phase.id) },
      }),
    );
  }

  #text(record: LogRecord): string {
    return this.#options.format === 'json' ? jsonLine(record) : textLine(record, this.#options.style, this.#width);
  }

  #line(line: string): void {
    this.#lastWriteAt = this.#options.host.now();
    this.#options.note(line);
  }
}

/** Workflow commands end at a line end and escape with percent signs. */
function escapeCommand(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
