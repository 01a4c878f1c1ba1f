import { defaultSettings, settingKeys, settingSpecs } from './settings.ts';
import { jsonValue } from './show-value.ts';

/** A configuration file in which every setting stands as a comment with its default. */
export function configTemplate(): string {
  const lines = [
    '# Configuration of orc. Every setting stands here with its default; remove the # of what you change, and of the groups above it.',
    '',
  ];
  let open: readonly string[] = [];
  for (const key of settingKeys) {
    const path = key.split('.');
    const name = path.pop() ?? key;
    let common = 0;
    while (common < path.length && path[common] === open[common]) common += 1;
    for (let depth = common; depth < path.length; depth += 1) lines.push(`#${'  '.repeat(depth)}${path[depth]}:`);
    open = path;
    const value = JSON.stringify(jsonValue(key, defaultSettings[key]));
    lines.push(`#${'  '.repeat(path.length)}${name}: ${value}  # ${settingSpecs[key].doc}`);
  }
  return `${lines.join('\n')}\n`;
}
