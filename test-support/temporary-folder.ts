import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, onTestFinished } from 'vitest';

/** A folder that is gone at the end of its scope: `using data = temporaryFolder()`. */
export function temporaryFolder(): { readonly dir: string } & Disposable {
  const dir = make();
  return { dir, [Symbol.dispose]: () => remove(dir) };
}

/** A folder that is gone after the test that asks for it, itself or in its `beforeEach`. */
export function folderOfTest(): string {
  const dir = make();
  onTestFinished(() => remove(dir));
  return dir;
}

/** A folder that is gone after the last test of the file (or of the `describe`) that asks for it. */
export function folderOfFile(): string {
  const dir = make();
  afterAll(() => remove(dir));
  return dir;
}

function make(): string {
  return mkdtempSync(join(tmpdir(), 'orc-test-'));
}

function remove(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}
