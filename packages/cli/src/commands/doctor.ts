import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import stringWidth from 'string-width';

import { showPath } from '../config/paths.ts';
import { isCliError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { systemReason } from '../system-error.ts';
import { columnsOf } from '../output/columns.ts';
import { hanging } from '../output/fold.ts';
import { chooseView } from '../output/view-choice.ts';
import { cacheFolder } from '../engine/cache-folder.ts';
import { checkRedis } from '../engine/check-redis.ts';
import { listModels } from '@orc/core/ai';
import { modelConfig } from '../engine/model.ts';
import type { Config } from '../config/load.ts';
import type { CommandContext } from './context.ts';
import { jsonText } from '../output/json.ts';

/** What one check found. */
interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'bad';
  readonly text: string;
  readonly hint?: string | undefined;
}

/** `orc doctor`: exit code 0 when nothing is wrong, else 3. */
export async function doctor(context: CommandContext): Promise<number> {
  const { host, flags, style } = context;
  const findings: Finding[] = [checkNode(host.nodeVersion)];
  let config: Config | undefined;
  try {
    config = await context.config();
    const found = config.files.filter(({ exists }) => exists);
    findings.push({
      name: 'configuration',
      state: 'ok',
      text:
        found.length === 0 ? 'no file, the defaults hold' : found.map(({ path }) => showPath(host, path)).join(', '),
    });
  } catch (error) {
    if (!isCliError(error)) throw error;
    findings.push({ name: 'configuration', state: 'bad', text: error.message, hint: 'orc config edit' });
  }
  if (config !== undefined) {
    findings.push(
      checkFolder('sessions', config.paths.dataDir, context),
      checkFolder('cache', cacheFolder(config), context),
    );
    findings.push(...checkKeys(config), await checkBroker(config));
  }
  const view = chooseView(host, { ui: undefined, quiet: false, logFormat: 'text', outputFormat: 'text' });
  const size = host.stderr.isTTY ? `${host.stderr.columns}×${host.stderr.rows}` : 'not a terminal';
  findings.push({
    name: 'terminal',
    state: 'ok',
    text: `${size}, TERM=${host.env['TERM'] ?? '(not set)'}, view ${view}, colours ${context.errorStyle.colors ? 'on' : 'off'}`,
  });

  const bad = findings.some(({ state }) => state === 'bad');
  if (flags.is('json') === true) {
    context.print(jsonText({ ok: !bad, findings }, 2));
  } else {
    const columns = columnsOf(host.stdout, Number.POSITIVE_INFINITY);
    for (const { name, state, text, hint } of findings) {
      const mark = state === 'ok' ? style.good('ok  ') : state === 'note' ? style.dim('--  ') : style.bad('bad ');
      const head = `${mark} ${style.bold(name.padEnd(14))} `;
      const beside = hint === undefined ? '' : `  (${hint})`;
      if (hint === undefined || stringWidth(head + text + beside) < columns)
        context.print(hanging(head, `${text}${style.dim(beside)}`, columns));
      else {
        context.print(hanging(head, text, columns));
        context.print(hanging(' '.repeat(stringWidth(head)), beside.trim(), columns, style.dim));
      }
    }
  }
  return bad ? exitCodes.config : exitCodes.ok;
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { name: 'node', state: ok ? 'ok' : 'bad', text: version, hint: ok ? undefined : '20.19 or newer is needed' };
}

/** A folder that is not there yet must be makeable. */
function checkFolder(name: string, folder: string, { host }: CommandContext): Finding {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`${existing} is not a folder`);
    accessSync(existing, constants.W_OK | constants.X_OK);
    return { name, state: 'ok', text: `${showPath(host, folder)}${existing === folder ? '' : ' (made on first use)'}` };
  } catch (error) {
    return {
      name,
      state: 'bad',
      text: `${showPath(host, folder)}: ${systemReason(error)}`,
      hint: 'make it writable, or set the XDG variable',
    };
  }
}

/** Keys are never printed: only whether they are there. */
function checkKeys(config: Config): readonly Finding[] {
  const { providers, chosen } = listModels({ config: modelConfig(config), env: config.env });
  const found = providers.filter(({ hasKey }) => hasKey);
  const model = chosen === undefined ? 'no model is chosen' : `${chosen.id}: ${chosen.reason}`;
  if (found.length === 0 && config.settings['ai.api_key'] === '')
    return [
      { name: 'keys', state: 'note', text: `none; ${model}`, hint: '`orc models` tells which variables are read' },
    ];
  const names = found.map(({ provider, keyVariables }) => {
    const variable = keyVariables.find((name) => (config.env[name] ?? '') !== '');
    return variable === undefined ? `ai.providers.${provider}` : `${provider} (${variable})`;
  });
  if (config.settings['ai.api_key'] !== '') names.push('ai.api_key');
  return [{ name: 'keys', state: 'ok', text: `${names.join(', ')}; ${model}` }];
}

async function checkBroker(config: Config): Promise<Finding> {
  const url = config.settings['distributed.redis_url'];
  if (url === '') return { name: 'redis', state: 'note', text: 'not configured; everything runs on this machine' };
  const problem = await checkRedis(url);
  return problem === undefined
    ? { name: 'redis', state: 'ok', text: 'answers' }
    : { name: 'redis', state: 'bad', text: problem.text, hint: `${problem.hint}; runs would stay on this machine` };
}
