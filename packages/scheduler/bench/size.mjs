import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What an installation puts on disk: what npm would pack, unpacked, and the one dependency. Megabytes. */
export function installSize() {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ unpackedSize }] = JSON.parse(stdout);
  const folder = fileURLToPath(new URL('../node_modules/tinypool', import.meta.url));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const dependency = files.reduce(
    (sum, { parentPath, path, name }) => sum + statSync(`${parentPath ?? path}/${name}`).size,
    0,
  );
  const size = (unpackedSize + dependency) / 1e6;
  return [
    { name: '@orc/scheduler with tinypool', ours: true, min: size, median: size, p95: size, max: size, samples: 1 },
  ];
}
