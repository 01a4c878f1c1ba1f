import { showPath } from '../config/paths.ts';
import { environmentName, settingKeys } from '../config/settings.ts';
import { jsonValue, showValue } from '../config/show-value.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

const plain = (text: string): string => text;

/** `orc config list`. */
export async function configList(context: CommandContext): Promise<number> {
  const { flags, style, host } = context;
  const { settings, origins } = await context.config();
  const withOrigin = flags.is('show-origin') === true;
  if (flags.is('json') === true) {
    const entries = settingKeys.map((key) => {
      const value = jsonValue(key, settings[key]);
      return [key, withOrigin ? { value, ...origins.get(key) } : value];
    });
    context.print(jsonText(Object.fromEntries(entries), 2));
    return 0;
  }
  const width = Math.max(...settingKeys.map((key) => key.length));
  // Long values hang over rather than push all origins to the right.
  const column = Math.min(32, Math.max(...settingKeys.map((key) => showValue(key, settings[key]).length)));
  for (const key of settingKeys) {
    const origin = origins.get(key);
    const value = showValue(key, settings[key]) || '(empty)';
    const paint = value === '(empty)' ? style.dim : origin?.layer === 'default' ? plain : style.bold;
    const line = `${key.padEnd(width)}  ${paint(value)}`;
    if (!withOrigin || origin === undefined) context.print(line);
    else
      context.print(
        `${line}${' '.repeat(Math.max(0, column - value.length))}  ${style.dim(origin.layer === 'default' ? `default (${environmentName(key)})` : `${origin.layer}: ${showPath(host, origin.source)}`)}`,
      );
  }
  return 0;
}
