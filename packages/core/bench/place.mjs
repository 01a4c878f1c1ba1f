// A folder for what is measured on the disk, where making a file costs what it costs.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Of eight folders, in different parts of the disk where the file system can do that (ext4), the one where making a file takes least. ext4 without a
 * journal does not give out the number of a file that was deleted in the last minutes, and looks past all of them: where a test or a
 * benchmark has deleted thousands, to make a file takes up to a millisecond, by bare system calls as by us.
 */
export async function quickPlace() {
  const dir = await mkdtemp(join(tmpdir(), 'orc-bench-'));
  spawnSync('chattr', ['+T', dir], { stdio: 'ignore' });
  const places = Array.from({ length: 8 }, (_, index) => {
    const path = join(dir, String(index));
    mkdirSync(path);
    const begun = performance.now();
    for (let file = 0; file < 16; file += 1) closeSync(openSync(join(path, `probe-${file}`), 'wx', 0o600));
    return { path, took: performance.now() - begun };
  });
  return { dir, place: places.toSorted((one, other) => one.took - other.took)[0].path };
}
