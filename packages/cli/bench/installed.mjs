// What an installation weighs: the four tarballs in an empty folder, by npm, and `npx orc` in it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Packs, installs and calls the command; the sum of file sizes by package, heaviest first. */
export function measureInstalled() {
  const folder = mkdtempSync(join(tmpdir(), 'orc-installed-'));
  try {
    for (const name of ['cache', 'scheduler', 'core', 'cli'])
      call('pnpm', ['pack', '--pack-destination', folder], join(packages, name));
    const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    call('npm', ['install', '--no-audit', '--no-fund', ...tarballs.map((name) => `./${name}`)], folder);
    const env = { PATH: process.env.PATH, HOME: folder };
    const version = call('npx', ['--no-install', 'orc', '--version'], folder, env).trim();
    const answer = call('npx', ['--no-install', 'orc', '--quiet', 'what is rain?'], folder, env);
    if (!answer.includes('rain')) throw new Error(`npx orc answered: ${answer}`);
    const weights = weigh(join(folder, 'node_modules'));
    const bytes = [...weights.values()].reduce((sum, each) => sum + each, 0);
    return { version, bytes, weights: [...weights].toSorted((a, b) => b[1] - a[1]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function call(command, args, cwd, env = process.env) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** Bytes of files by package. */
function weigh(modules) {
  const weights = new Map();
  for (const name of readdirSync(modules)) {
    if (name.startsWith('@'))
      for (const scoped of readdirSync(join(modules, name)))
        weights.set(`${name}/${scoped}`, sizeOf(join(modules, name, scoped)));
    else if (name !== '.bin') weights.set(name, sizeOf(join(modules, name)));
  }
  return weights;
}

function sizeOf(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
