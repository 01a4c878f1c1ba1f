import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

import { digest, type JsonValue } from '@orc/cache';

import { makeFolder, writeWhole } from './durable-files.ts';
import { openPart, readPart } from './session-files.ts';
import type { StoredPlan } from './session-plan.ts';
import type { SessionPlan } from './session-port.ts';
import { systemCode } from './system-code.ts';

const keyFile = 'session.key';

/**
 * Tells the sessions that were made with a data folder from those that came from elsewhere: a plan carries a code (HMAC-SHA256) made with a key that
 * only the data folder has, so that a session's folder can't say of itself that it was made here.
 */
export class PlanSeal {
  readonly #dataDir: string;
  readonly #uid: number | undefined;
  #key: Promise<Buffer | undefined> | undefined;

  /** With the key of a data folder. */
  constructor(dataDir: string, uid: number | undefined) {
    this.#dataDir = dataDir;
    this.#uid = uid;
  }

  /** The code of a plan; `undefined` where the data folder has no key that is its owner's alone. The key is made when there is none. */
  async make(plan: SessionPlan): Promise<string | undefined> {
    this.#key ??= this.#load(true);
    const key = await this.#key;
    return key === undefined ? undefined : codeOf(key, plan);
  }

  /** Whether a plan was made with this data folder. */
  async holds({ plan, mac, madeAs }: StoredPlan): Promise<boolean> {
    if (mac === undefined || !/^[0-9a-f]{64}$/.test(mac)) return false;
    const key = await (this.#key ?? this.#load(false));
    if (key === undefined) return false;
    const expected = codeOf(key, { ...plan, sessionId: madeAs });
    return expected !== undefined && timingSafeEqual(Buffer.from(mac, 'hex'), Buffer.from(expected, 'hex'));
  }

  async #load(make: boolean): Promise<Buffer | undefined> {
    try {
      return (await this.#read()) ?? (make ? await this.#make() : undefined);
    } catch {
      // A link, a folder, a key that others can read: every session is one from elsewhere then, and is asked about.
      return undefined;
    }
  }

  async #read(): Promise<Buffer | undefined> {
    const file = await openPart(this.#dataDir, keyFile);
    if (file === undefined) return undefined;
    try {
      const { mode, uid } = await file.stat();
      const owner = (await lstat(this.#dataDir)).uid;
      const ours = this.#uid === undefined || ((mode & 0o077) === 0 && (uid === this.#uid || uid === owner));
      if (!ours) throw new Error('the key is not its owner’s alone');
    } finally {
      await file.close();
    }
    const text = (await readPart(this.#dataDir, keyFile, 1024))?.trim() ?? '';
    if (!/^[0-9a-f]{64}$/.test(text)) throw new Error('the file holds no key');
    return Buffer.from(text, 'hex');
  }

  async #make(): Promise<Buffer | undefined> {
    await makeFolder(this.#dataDir);
    const path = join(this.#dataDir, keyFile);
    const temp = `${path}.${randomBytes(9).toString('hex')}`;
    try {
      writeWhole(temp, `${randomBytes(32).toString('hex')}\n`);
      try {
        linkSync(temp, path);
      } catch (error) {
        // Another process was faster; or the file system knows no hard links, and whoever is last has the key.
        if (systemCode(error) !== 'EEXIST') renameSync(temp, path);
      }
    } finally {
      rmSync(temp, { force: true });
    }
    return this.#read();
  }
}

function codeOf(key: Buffer, plan: SessionPlan): string | undefined {
  try {
    return createHmac('sha256', key)
      .update('orc.plan/1\n')
      .update(digest(plain(plan)))
      .digest('hex');
  } catch {
    // Nested too deep for a digest, say.
    return undefined;
  }
}

// As its file will hold it: members that are undefined are not there.
function plain(plan: SessionPlan): JsonValue {
  return JSON.parse(JSON.stringify(plan)) as JsonValue;
}
