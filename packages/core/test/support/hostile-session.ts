import { spawnSync } from 'node:child_process';
import { link, mkdir, open, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A thing that somebody does to the folder of a session before it is handed over. */
export interface HostileAct {
  /** What it is. */
  readonly name: string;
  /** Does it to a session's folder; `home` is what it is after. */
  readonly act: (dir: string, home: string) => Promise<void>;
}

async function instead(path: string, make: () => Promise<unknown>): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await make();
}

function pipe(path: string): Promise<void> {
  const { status } = spawnSync('mkfifo', [path]);
  if (status !== 0) throw new Error('mkfifo is needed for this test');
  return Promise.resolve();
}

const parts = ['plan.json', 'journal.ndjson', 'report.json', 'report.html', 'lock'];
const folders = ['artifacts', 'outputs', 'tmp'];

/** Every way in which a session's folder can lead out of itself, keep a reader waiting or never end. `home` holds `.bashrc` and a folder `docs`. */
export const hostileActs: readonly HostileAct[] = [
  ...parts.map((name) => ({
    name: `${name} is a link to a file`,
    act: (dir: string, home: string) => instead(join(dir, name), () => symlink(join(home, '.bashrc'), join(dir, name))),
  })),
  ...parts.map((name) => ({
    name: `${name} is a link to nothing`,
    act: (dir: string, home: string) => instead(join(dir, name), () => symlink(join(home, 'new'), join(dir, name))),
  })),
  ...folders.map((name) => ({
    name: `${name} is a link to a folder`,
    act: (dir: string, home: string) => instead(join(dir, name), () => symlink(join(home, 'docs'), join(dir, name))),
  })),
  ...folders.map((name) => ({
    name: `${name} is a file`,
    act: (dir: string) => instead(join(dir, name), () => writeFile(join(dir, name), 'x')),
  })),
  ...parts.map((name) => ({
    name: `${name} is a folder`,
    act: (dir: string) => instead(join(dir, name), () => mkdir(join(dir, name))),
  })),
  ...parts.map((name) => ({
    name: `${name} is a pipe`,
    act: (dir: string) => instead(join(dir, name), () => pipe(join(dir, name))),
  })),
  ...parts.map((name) => ({
    name: `${name} is a device that never ends`,
    act: (dir: string) => instead(join(dir, name), () => symlink('/dev/zero', join(dir, name))),
  })),
  {
    name: 'the journal has a second name',
    act: (dir, home) =>
      instead(join(dir, 'journal.ndjson'), () => link(join(home, '.bashrc'), join(dir, 'journal.ndjson'))),
  },
  {
    name: 'another file is a link',
    act: (dir, home) => symlink(join(home, '.bashrc'), join(dir, 'report.md')),
  },
  {
    name: 'the folder itself is a link',
    act: (dir, home) => instead(dir, () => symlink(join(home, 'docs'), dir)),
  },
  {
    name: 'a plan of more than memory holds',
    act: async (dir) => {
      const file = await open(join(dir, 'plan.json'), 'r+');
      await file.truncate(3 * 1024 ** 3);
      await file.close();
    },
  },
  {
    name: 'a journal of one line without an end',
    act: async (dir) => {
      const file = await open(join(dir, 'journal.ndjson'), 'r+');
      await file.truncate(Math.floor(2.2 * 1024 ** 3));
      await file.close();
    },
  },
];
