import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, onTestFinished } from 'vitest';

/** A folder of the test's own, removed after it. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'orc-cache-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A folder for all tests of a file, removed after the last one. */
export function temporaryDirUntilEnd(): string {
  const dir = mkdtempSync(join(tmpdir(), 'orc-cache-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
