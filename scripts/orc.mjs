// `pnpm orc …`: builds what has changed (words on stderr), then becomes the `orc` command in the caller's folder.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { isBuilt, rememberBuild, sourceStamp } from './build-stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = sourceStamp(root);
if (!isBuilt(root, stamp)) {
  const { turbo } = await import('./turbo.mjs');
  process.stderr.write('orc: building from source (only when something has changed) …\n');
  const code = turbo(root, ['build', '--filter=@orc/cli', '--output-logs=errors-only', '--log-order=grouped']);
  if (code !== 0) {
    process.stderr.write('orc: the build failed, see above\n');
    process.exit(1);
  }
  rememberBuild(root, stamp);
}
// pnpm runs scripts in the root; the paths that the user names are relative to where the user is.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
const bin = join(root, 'packages/cli/dist/bin.js');
process.argv = [process.argv[0], bin, ...process.argv.slice(2)];
await import(pathToFileURL(bin).href);
