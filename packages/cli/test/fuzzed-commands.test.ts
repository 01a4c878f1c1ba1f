import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { allFlags, shortFlags } from '../src/args/flags.ts';
import { commands } from '../src/commands/table.ts';
import { exitCodeMeanings } from '../src/exit-code.ts';
import { main } from '../src/main.ts';
import { fakeHost } from './support/fake-host.ts';

/** `ORC_FUZZ_LONG=1` tries ten thousand. */
const count = process.env['ORC_FUZZ_LONG'] === '1' ? 10_000 : 300;
const trouble =
  /TypeError|RangeError|ReferenceError|SyntaxError: |Cannot read propert|is not a function|is not iterable|\[object |native code|\bundefined\b|\bNaN\b|Maximum call stack|with -verbose it tells where|^\s+at \S/m;
const values =
  '0|1|-1|8|1e400|0x10|99999999999999999999|1.5||  |true|quick|p.yaml|m.mjs|missing.yaml|f.txt|.|/nonexistent/x|/dev/null|offline/scribe|offline/scribe?failRate=1|openai/x|exec/none|a=b|=|k|30m|-5d|text|json|stream-json|plain|none|html|markdown|mermaid|dot|latest|20261201-000000-aaaa|../../etc|redis://127.0.0.1:1|\u0000|\uD800|é|😀|--|-|{"a":1}|__proto__|constructor|toString|ai.model|limits.budget_usd|performance|x.y|what is tea|hi'.split(
    '|',
  );

/** Numbers from 0 to below `limit`, the same each time. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

it(`${count} command lines end with a documented code, and with words for people`, { timeout: 3_600_000 }, async () => {
  const home = folderOfFile();
  const cwd = join(home, 'project');
  mkdirSync(cwd);
  writeFileSync(
    join(cwd, 'p.yaml'),
    'id: p\nversion: "1"\ndescription: d\nphases:\n  - { id: a, kind: template, template: "hi {{request.text}}", artifact: a.txt }\nresult: { phase: a }\n',
  );
  writeFileSync(join(cwd, 'f.txt'), 'x');
  writeFileSync(join(cwd, 'm.mjs'), 'export default 1\n');
  const next = numbers(7);
  const pick = <T>(all: readonly T[]): T => all[next(all.length)] as T;
  const flags = [...allFlags.keys(), ...shortFlags.keys(), 'foo', 'constructor', '__proto__'];
  const codes = new Set<number>(exitCodeMeanings.map(([code]) => code));
  for (let tried = 0; tried < count; tried += 1) {
    const argv = next(100) < 85 ? pick(commands).name.split(' ') : [];
    if (next(10) < 7) argv.push('--pipeline=p.yaml');
    for (let more = next(5); more > 0; more -= 1) {
      if (next(10) < 5) {
        const flag = pick(flags);
        const dashes = flag.length === 1 ? '-' : pick(['-', '--']);
        argv.push(
          ...pick([[`${dashes}${flag}`], [`${dashes}${flag}=${pick(values)}`], [`${dashes}${flag}`, pick(values)]]),
        );
      } else argv.push(pick(values));
    }
    const host = fakeHost({
      argv,
      env: { HOME: home, PATH: '/usr/bin:/bin', EDITOR: 'true', VISUAL: 'true' },
      cwd,
      stdin: next(5) === 0 ? 'from stdin' : '',
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('still running'), 60_000)));
    const code = await Promise.race([main(host), late]);
    clearTimeout(timer);
    expect({
      argv,
      known: codes.has(code as number),
      code,
      trouble: trouble.exec(host.err().replaceAll(/`[^`]*`/g, ''))?.[0],
    }).toEqual({
      argv,
      known: true,
      code,
      trouble: undefined,
    });
  }
});
