import { listModels } from '@orc/core/ai';

import { modelConfig } from '../engine/model.ts';
import { columnsOf } from '../output/columns.ts';
import { fold } from '../output/fold.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** `orc models`. Keys are never shown: only whether one is there. */
export async function models(context: CommandContext): Promise<number> {
  const { style } = context;
  const config = await context.config();
  const list = listModels({ config: modelConfig(config), env: config.env });
  if (context.flags.is('json') === true) {
    context.print(jsonText(list, 2));
    return 0;
  }
  const width = Math.max(...list.providers.map(({ example }) => example.length));
  const columns = columnsOf(context.host.stdout, Number.POSITIVE_INFINITY);
  const titles = Math.max(...list.providers.map(({ title }) => title.length));
  for (const { ready, example, title, hasKey, keyVariables, network, provider } of list.providers) {
    const local = keyVariables.length === 0 && !network && provider !== 'offline';
    const state = !ready ? style.dim('no key') : local ? style.accent('local ') : style.good('ready ');
    const room = columns - (8 + width + 2 + titles + 2);
    const needs = local
      ? 'needs its server here'
      : hasKey || keyVariables.length === 0
        ? ''
        : whatToSet(keyVariables, room);
    context.print(`${state}  ${example.padEnd(width)}  ${`${title.padEnd(titles)}  ${style.dim(needs)}`.trimEnd()}`);
  }
  if (list.chosen !== undefined) context.note(`\nWithout -m: ${list.chosen.id} (${list.chosen.reason})`);
  for (const text of [
    'Another one: orc -m NAME "…" for one run, orc config set ai.model NAME for all.',
    'Also: compatible/MODEL for the server at ai.base_url, NAME/MODEL for a server of ai.providers, exec/NAME for a command of ai.exec.',
  ])
    for (const line of fold(text, columnsOf(context.host.stderr, Number.POSITIVE_INFINITY)))
      context.note(context.errorStyle.dim(line));
  return 0;
}

/** All the variables that may hold the key where there is room, else the first one that fits. */
function whatToSet(variables: readonly string[], room: number): string {
  const all = `set ${variables.join(' or ')}`;
  if (all.length <= room) return all;
  return `set ${variables.find((name) => name.length + 4 <= room) ?? variables[0] ?? ''}`;
}
