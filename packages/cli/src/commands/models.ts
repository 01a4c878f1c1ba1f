import { listModels } from '@orc/core/ai';

import { modelConfig } from '../engine/model.ts';
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
  const titles = Math.max(...list.providers.map(({ title }) => title.length));
  for (const { ready, example, title, hasKey, keyVariables, provider } of list.providers) {
    const local = keyVariables.length === 0 && provider !== 'offline';
    const state = !ready ? style.dim('no key') : local ? style.accent('local ') : style.good('ready ');
    const needs = local
      ? 'needs its server on this machine'
      : hasKey || keyVariables.length === 0
        ? ''
        : `set ${keyVariables.join(' or ')}`;
    context.print(`${state}  ${example.padEnd(width)}  ${`${title.padEnd(titles)}  ${style.dim(needs)}`.trimEnd()}`);
  }
  if (list.chosen !== undefined) context.note(`\nWithout -m: ${list.chosen.id} (${list.chosen.reason})`);
  context.note(
    context.errorStyle.dim('Another one: orc -m NAME "…" for one run, orc config set ai.model NAME for all.'),
  );
  return 0;
}
