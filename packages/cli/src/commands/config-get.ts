import { showPath } from '../config/paths.ts';
import { readSettingKey } from '../config/setting-key.ts';
import { showValue } from '../config/show-value.ts';
import type { CommandContext } from './context.ts';

/** `orc config get <key>`. */
export async function configGet(context: CommandContext): Promise<number> {
  const key = readSettingKey(context.words[0] ?? '');
  const { settings, origins } = await context.config();
  const origin = origins.get(key);
  const value = showValue(key, settings[key]);
  if (context.flags.is('show-origin') === true && origin !== undefined) {
    context.print(`${value}  ${context.style.dim(`${origin.layer}: ${showPath(context.host, origin.source)}`)}`);
  } else {
    context.printExact(`${value}\n`);
  }
  return 0;
}
