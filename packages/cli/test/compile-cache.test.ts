import { chmodSync, lstatSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { compileCacheFolder } from '../src/compile-cache-folder.ts';
import { leftOut } from './support/left-out.ts';

const uid = process.getuid?.();
const withoutUsers = leftOut(
  'owners of folders',
  uid === undefined ? 'this system has no numbers of users' : undefined,
);

let home: string;
let cacheDir: string;
let folder: string;
beforeEach(() => {
  home = realpathSync(folderOfTest());
  cacheDir = join(home, '.cache', 'orchestrator');
  folder = join(cacheDir, 'compile');
});
const asked = (user = uid, env: Record<string, string> = {}): string | undefined =>
  compileCacheFolder({
    env: { HOME: home, ...env },
    platform: process.platform,
    cwd: () => '/',
    ...(user === undefined ? {} : { getuid: () => user }),
  });

describe('the folder for compiled code', () => {
  it('is made below the cache folder, for its owner alone, whatever the folder for temporary files', () => {
    expect(asked(uid, { TMPDIR: join(home, 'shared') })).toBe(folder);
    expect(lstatSync(folder).mode & 0o777).toBe(0o700);
    expect(asked()).toBe(folder);
  });

  it.skipIf(withoutUsers)('is not used when it belongs to another user, or lies in a folder of theirs', () => {
    asked();
    expect(asked((uid ?? 0) + 1)).toBeUndefined();
  });

  it.skipIf(withoutUsers).each([0o777, 0o770, 0o702])('is not used with the mode %o: others could fill it', (mode) => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, mode);
    expect(asked()).toBeUndefined();
  });

  it.skipIf(withoutUsers)('is not used when everybody can put another in its place', () => {
    asked();
    chmodSync(cacheDir, 0o777);
    expect(asked()).toBeUndefined();
  });

  it('is not used when it is a link, even to a folder of the user', () => {
    const real = join(home, 'real');
    mkdirSync(real, { mode: 0o700 });
    mkdirSync(cacheDir, { recursive: true });
    symlinkSync(real, folder);
    expect(asked()).toBeUndefined();
  });

  it('there is none, and no error, where nothing can be made', () => {
    expect(asked(uid, { XDG_CACHE_HOME: '/dev/null' })).toBeUndefined();
  });
});
