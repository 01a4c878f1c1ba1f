import { didYouMean } from '../args/suggest.ts';
import { usageError } from '../errors.ts';
import { isSettingKey, settingKeys, type SettingKey } from './settings.ts';

/**
 * The setting that a person named.
 *
 * @throws ERR_CLI_USAGE with the one that was probably meant.
 */
export function readSettingKey(name: string): SettingKey {
  if (isSettingKey(name)) return name;
  const below = settingKeys.filter((key) => key.startsWith(`${name}.`));
  const hint = below.length > 0 ? `it is a group of ${below.join(', ')}` : didYouMean(name, settingKeys);
  throw usageError(`there is no setting \`${name}\``, hint === '' ? '`orc config list` lists them' : hint);
}
