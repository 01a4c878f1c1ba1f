import { listModels } from '@orc/core/ai';

import { modelConfig } from '../engine/model.ts';
import type { CommandContext } from './context.ts';

/** `orc models`. Keys are never shown: only whether one is there. */
export async function models(context: CommandContext): Promise<number> {
  const { style } = context;
  const config = await context.config();
  const list = listModels({ config: modelConfig(config), env: config.env });
  if (context.flags.is('json') === true) {
    context.print(JSON.stringify(list, undefined, 2));
    return 0;
  }
  const width = Math.max(...list.providers.map(({ example }) => example.length));
  for (const provider of list.providers) {
    const state = provider.ready ? style.good('ready ') : style.dim('no key');
    const key =
      provider.hasKey || provider.keyVariables.length === 0
        ? ''
        : style.dim(`set ${provider.keyVariables.join(' or ')}`);
    context.print(`${state}  ${provider.example.padEnd(width)}  ${provider.title}  ${key}`.trimEnd());
  }
  if (list.chosen !== undefined) context.note(`\nWithout -m: ${list.chosen.id} (${list.chosen.reason})`);
  return 0;
}
