// What a reader of the repository would trip over: paths of one machine, registry hosts, unfinished words in the sources.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const rules = [
  { name: 'a path of one machine', pattern: /(?<![\w.])\/(?:work|farm|root|home\/[a-z]+)\//, files: () => true },
  { name: 'a registry host', pattern: /registry\.npmjs\.org|deb\.debian\.org/, files: () => true },
  {
    name: 'an unfinished word',
    pattern: /\b(?:TODO|FIXME|XXX)\b|[Nn]ot implemented|[Pp]laceholder implementation/,
    files: (path) => /^packages\/[^/]+\/src\//.test(path),
  },
];
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
});
const files = listed
  .split('\0')
  .filter((path) => path !== '' && path !== 'pnpm-lock.yaml' && path !== 'scripts/check-text.mjs');
let found = 0;
for (const path of files) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    continue;
  }
  for (const rule of rules) {
    if (!rule.files(path)) continue;
    text.split('\n').forEach((line, index) => {
      if (!rule.pattern.test(line)) return;
      found += 1;
      console.log(`${path}:${index + 1}: ${rule.name}: ${line.trim().slice(0, 120)}`);
    });
  }
}
process.exit(found === 0 ? 0 : 1);
