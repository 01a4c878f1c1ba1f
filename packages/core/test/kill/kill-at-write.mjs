/**
 * Preloaded: kills the process before its n-th call that changes the disk (`KILL_AT`), or writes how many there were to a file
 * (`KILL_COUNT`).
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

const at = Number(process.env['KILL_AT'] ?? 0);
let calls = 0;
const before = () => {
  calls += 1;
  if (calls === at) process.kill(process.pid, 'SIGKILL');
};
const writes = (flags) => /[aw]/.test(String(flags));

function watch(owner, name, counts = () => true) {
  const inner = owner[name];
  owner[name] = function watched(...args) {
    if (counts(args)) before();
    return inner.apply(this, args);
  };
  const promised = inner[promisify.custom];
  if (promised !== undefined) owner[name][promisify.custom] = promised;
}

for (const name of [
  'writeSync',
  'renameSync',
  'linkSync',
  'rmSync',
  'mkdirSync',
  'fdatasync',
  'fdatasyncSync',
  'fsync',
  'fsyncSync',
  'rename',
  'mkdir',
  'rm',
])
  watch(fs, name);
watch(fs, 'openSync', ([, flags]) => writes(flags));
for (const name of ['rename', 'rm', 'mkdir', 'writeFile']) watch(fs.promises, name);
const { open } = fs.promises;
fs.promises.open = async function watchedOpen(...args) {
  if (writes(args[1])) before();
  const handle = await open.apply(this, args);
  for (const name of ['write', 'writeFile', 'datasync', 'sync', 'truncate']) watch(handle, name);
  return handle;
};
syncBuiltinESMExports();

process.on('exit', () => {
  const file = process.env['KILL_COUNT'];
  if (file !== undefined) fs.writeFileSync(file, String(calls));
});
