import { closeSync, writeSync } from 'node:fs';

import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';
import type { LogLevel, LogRecord } from './describe.ts';
import { createStyle, type Style } from './style.ts';
import { openToAppend } from '../files/user-file.ts';
import { cleanCell } from './clean.ts';
import { jsonText } from './json.ts';

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Something that takes log records. */
export interface LogSink {
  /** Takes one. */
  write(record: LogRecord): void;
  /** Writes out what is held back and closes what is open. */
  close(): void;
}

/** Whether a record is severe enough. */
export function passes(record: LogRecord, level: LogLevel): boolean {
  return severity[record.level] >= severity[level];
}

/** A record as a line for people. */
export function textLine(record: LogRecord, style: Style, width = 12): string {
  const time = `${(record.elapsedMs / 1000).toFixed(1)}s`.padStart(7);
  const paint = record.level === 'error' ? style.bad : record.level === 'warn' ? style.warn : (text: string) => text;
  return `${style.dim(time)}  ${style.accent(record.subject.padEnd(width))}  ${paint(record.message)}`;
}

/** A record as one JSON document. */
export function jsonLine(record: LogRecord): string {
  return jsonText({
    time: new Date(record.at).toISOString(),
    level: record.level,
    event: record.event,
    subject: record.subject,
    message: record.message,
    elapsedMs: Math.round(record.elapsedMs),
    ...record.fields,
  });
}

/**
 * A sink that appends to a file.
 *
 * @throws ERR_CLI_OUTPUT when it can't be opened.
 */
export function fileSink(path: string, level: LogLevel, format: 'text' | 'json'): LogSink {
  let file: number | undefined;
  try {
    file = openToAppend(path);
  } catch (error) {
    throw new CliError('ERR_CLI_OUTPUT', `the log file ${path} cannot be written: ${systemReason(error)}`, {
      exitCode: exitCodes.usage,
    });
  }
  const plain = createStyle(false);
  return {
    write(record) {
      if (file === undefined || !passes(record, level)) return;
      const line =
        format === 'json'
          ? jsonLine(record)
          : cleanCell(`${new Date(record.at).toISOString()} ${record.level.padEnd(5)} ${textLine(record, plain)}`);
      try {
        writeSync(file, `${line}\n`);
      } catch {
        // A full disk must not end a run whose result is still to be written.
        closeSync(file);
        file = undefined;
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
