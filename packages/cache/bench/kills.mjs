// Four processes that write at once, then twenty that are killed while they write: what is lost, what is corrupt.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { fileTier } from '../dist/file/index.js';

const fixture = (name) => fileURLToPath(new URL(`../test/fixtures/${name}`, import.meta.url));

/** What was acknowledged is looked for afterwards, entry by entry. */
export async function runKills() {
  const dir = mkdtempSync(join(tmpdir(), 'orc-cache-kills-'));
  try {
    const begun = performance.now();
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((who) =>
        once(spawn(process.execPath, [fixture('writer.mjs'), dir, who, '1000'], { stdio: 'ignore' }), 'exit'),
      ),
    );
    const ms = Math.round(performance.now() - begun);
    const tier = fileTier({ dir });
    let lost = 0;
    for (const who of ['a', 'b', 'c', 'd']) {
      for (let index = 0; index < 1000; index++) if ((await tier.get(`${who}-${index}`))?.value.index !== index) lost++;
    }
    let acknowledged = 0;
    for (let round = 0; round < 20; round++) {
      const child = spawn(process.execPath, [fixture('endless-writer.mjs'), dir, `r${round}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
        if (said.length > 50 + round * 20) child.kill('SIGKILL');
      });
      await once(child, 'close');
      for (const line of said.slice(0, said.lastIndexOf('\n')).split('\n')) {
        acknowledged++;
        if ((await tier.get(`r${round}-${line}`))?.value.index !== Number(line)) lost++;
      }
    }
    const { corrupt } = await tier.stats();
    await tier.close();
    return { written: 4000, ms, killed: 20, acknowledged, lost, corrupt };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
