import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { allFlags, shortFlags } from '../src/args/flags.ts';
import { parseArgv } from '../src/args/program.ts';
import { commands } from '../src/commands/table.ts';
import { loadConfig } from '../src/config/load.ts';
import { parseConfig } from '../src/config/read-file.ts';
import { settingKeys } from '../src/config/settings.ts';
import { isCliError } from '../src/errors.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';

/** `ORC_FUZZ_LONG=1` tries five times as many. */
const long = process.env['ORC_FUZZ_LONG'] === '1';
const lists = long ? 10_000 : 2000;
const files = long ? 5000 : 1000;

const folder = folderOfFile();

const flagWord = fc.oneof(
  fc.constantFrom(
    ...[...allFlags.keys()].flatMap((name) => [
      `-${name}`,
      `--${name}`,
      `--no-${name}`,
      `-${name}=false`,
      `--${name}=8`,
    ]),
  ),
  fc.constantFrom(...[...shortFlags.keys()].flatMap((name) => [`-${name}`, `-${name}8`, `-${name}=1`])),
  fc.string({ maxLength: 12 }).map((text) => `-${text}`),
  fc.string({ maxLength: 12 }).map((text) => `--${text}`),
);
const word = fc.oneof(
  flagWord,
  flagWord,
  fc.constantFrom(...commands.flatMap(({ name }) => name.split(' ')), '--', '-', '', 'help', 'a story', '8', '-1', '0'),
  fc.string({ maxLength: 20 }),
);

/** What goes wrong has to be an error for people: a message, an exit code, no trace. */
function isForPeople(error: unknown, codes: readonly number[]): void {
  if (!isCliError(error)) throw error;
  expect(codes).toContain(error.exitCode);
  expect(error.message.length).toBeGreaterThan(5);
  expect(error.message).not.toMatch(/undefined|\[object|\bat .+:\d+:\d+/);
}

describe('whatever is typed', () => {
  it(`${lists} argument lists are a command, help, or a clear error with exit code 2`, () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 7 }), fc.boolean(), (argv, interactive) => {
        try {
          expect(['command', 'help', 'version']).toContain(
            parseArgv(argv, { columns: 80, interactive: () => interactive }).type,
          );
        } catch (error) {
          isForPeople(error, [2]);
        }
      }),
      { numRuns: lists, seed: 20_261_211 },
    );
  });

  it('what main says to a wrong list is at most a few lines on stderr, and nothing on stdout', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(flagWord, { minLength: 1, maxLength: 4 }), async (argv) => {
        const host = fakeHost({
          argv: [...argv, 'cache', 'path', 'too', 'many', 'words'],
          env: { HOME: folder },
          cwd: folder,
        });
        const code = await main(host);
        if (host.out() !== '') expect(code).toBe(0);
        else {
          expect(code).toBe(2);
          expect(host.err()).toMatch(/^orc: .+\n( {5}.+\n)?$/);
        }
      }),
      { numRuns: 300, seed: 20_261_212 },
    );
  });
});

const scalar = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.string({ maxLength: 12 }),
  fc.constantFrom('30m', '256MB', 'info', 'off', '${HOME}', '${NOT_SET}'),
);
const value = fc.oneof(
  scalar,
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 6 }), scalar, { maxKeys: 3 }),
);
const someKey = fc.oneof(
  fc.constantFrom(...settingKeys),
  fc.constantFrom(...settingKeys).map((key) => `${key}x`),
  fc.string({ maxLength: 10 }),
);

/** A document from dotted keys. */
function toDocument(entries: readonly (readonly [string, unknown])[]): unknown {
  const root: Record<string, unknown> = {};
  for (const [key, entry] of entries) {
    let place = root;
    const path = key.split('.');
    for (const part of path.slice(0, -1)) {
      const next = Object.hasOwn(place, part) ? place[part] : undefined;
      const map =
        typeof next === 'object' && next !== null && !Array.isArray(next) ? (next as Record<string, unknown>) : {};
      Object.defineProperty(place, part, { value: map, enumerable: true, configurable: true, writable: true });
      place = map;
    }
    Object.defineProperty(place, path.at(-1) ?? '', {
      value: entry,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return root;
}

describe('whatever stands in a configuration file', () => {
  it(`${files} files are settings, or errors with file, line and column`, () => {
    const text = fc.oneof(
      fc.array(fc.tuple(someKey, value), { maxLength: 5 }).map((entries) => JSON.stringify(toDocument(entries))),
      fc
        .array(fc.tuple(someKey, scalar), { maxLength: 4 })
        .map((entries) =>
          entries.map(([key, entry]) => `${key.split('.').join(':\n  ')}: ${String(entry)}`).join('\n'),
        ),
      fc.string({ maxLength: 80 }),
    );
    fc.assert(
      fc.property(text, (written) => {
        try {
          parseConfig('config.yaml', written);
        } catch (error) {
          isForPeople(error, [3]);
          for (const line of (error as Error).message.split('\n').filter((each) => each.startsWith('config.yaml')))
            expect(line).toMatch(/^config\.yaml:\d+:\d+: /);
        }
      }),
      { numRuns: files, seed: 20_261_213 },
    );
  });

  it('200 files and variables through the whole loader', async () => {
    const file = join(folder, 'config.yaml');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someKey, value), { maxLength: 4 }),
        fc.constantFrom(...settingKeys),
        fc.string({ maxLength: 10 }),
        async (entries, key, text) => {
          writeFileSync(file, JSON.stringify(toDocument(entries)));
          const host = fakeHost({
            env: { HOME: folder, [`ORC_${key.replaceAll('.', '_').toUpperCase()}`]: text.replaceAll('\0', '') },
            cwd: folder,
          });
          try {
            await loadConfig(host, { file });
          } catch (error) {
            isForPeople(error, [3]);
          }
        },
      ),
      { numRuns: 200, seed: 20_261_214 },
    );
  });
});
