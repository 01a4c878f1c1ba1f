import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

test(
  'a run that is killed twenty times at any instruction ends as if nothing had happened',
  { timeout: 120_000 },
  () => {
    const harness = fileURLToPath(new URL('harness.mjs', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [harness, '--kills', '20'], { encoding: 'utf8' });
    process.stdout.write(stdout);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^20 kills with SIGKILL/);
    expect(status).toBe(0);
  },
);
