import { createHash } from 'node:crypto';
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { z } from 'zod';

import type { Host } from '../host.ts';
import { systemReason } from '../system-error.ts';
import { resolvePaths } from './paths.ts';
import { readPlainFile } from './plain-file.ts';
import { configError } from './problem.ts';
import { replaceFile } from './replace-file.ts';

/** A project's file that the user trusted, as it was then. */
export interface TrustedFile {
  /** Its path, its folder free of links. */
  readonly path: string;
  /** The SHA-256 of its content, in hexadecimal digits. */
  readonly sha256: string;
  /** When that was, ISO 8601. */
  readonly at: string;
}

/** Whether the user has trusted a file: never, as it is now, or as it was before it changed. */
export type Trust = 'unknown' | 'trusted' | 'changed';

const schema = z.object({
  schema: z.literal('orc.trust/1'),
  files: z.array(z.object({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), at: z.string() })),
});

/** Where the trusted files are remembered. */
function trustFile(host: Host): string {
  return join(resolvePaths(host).configDir, 'trusted.json');
}

/** The digest of a file's text. */
function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The trusted files.
 *
 * @throws ERR_CLI_CONFIG when the list can't be read, is damaged, or could have been written by somebody else.
 */
export function readTrusted(host: Host): readonly TrustedFile[] {
  const file = trustFile(host);
  const wrong = (message: string): Error =>
    configError([{ file, message, hint: 'until it is mended or removed, no project is trusted' }]);
  let text: string | undefined;
  try {
    checkOwner(file, host.uid);
    text = readPlainFile(file);
  } catch (error) {
    throw wrong(`cannot be used: ${systemReason(error)}`);
  }
  if (text === undefined) return [];
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw wrong('expected a JSON document');
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success)
    throw wrong(`expected \`orc.trust/1\`, got something else at \`${parsed.error.issues[0]?.path.join('.') ?? ''}\``);
  return parsed.data.files;
}

/** Whether a file with this text is trusted. */
export function trustOf(files: readonly TrustedFile[], path: string, text: string): Trust {
  const entry = files.find((each) => each.path === placeOf(path));
  if (entry === undefined) return 'unknown';
  return entry.sha256 === textDigest(text) ? 'trusted' : 'changed';
}

/** Remembers that the user trusts a file with just this text. */
export function trust(host: Host, path: string, text: string): void {
  const place = placeOf(path);
  const others = readTrusted(host).filter((each) => each.path !== place);
  write(host, [...others, { path: place, sha256: textDigest(text), at: new Date(host.now()).toISOString() }]);
}

/** Forgets a file; returns whether it was trusted. */
export function distrust(host: Host, path: string): boolean {
  const place = placeOf(path);
  const files = readTrusted(host);
  const others = files.filter((each) => each.path !== place);
  if (others.length === files.length) return false;
  write(host, others);
  return true;
}

function write(host: Host, files: readonly TrustedFile[]): void {
  const text = `${JSON.stringify({ schema: 'orc.trust/1', files }, undefined, 2)}\n`;
  replaceFile(trustFile(host), text, { followLink: false, uid: host.uid });
}

/** One path for a file, whatever links led to its folder; the name itself stays, for what it leads to may change. */
function placeOf(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

/** What another user could have written is nobody's word. */
function checkOwner(file: string, uid: number | undefined): void {
  if (uid === undefined) return;
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw new Error('a link stands in its place');
  for (const { uid: owner, mode } of [stats, statSync(dirname(file))]) {
    if (owner !== uid && owner !== 0) throw new Error('it belongs to another user');
    if ((mode & 0o022) !== 0) throw new Error('others may write to it, or to its folder');
  }
}
