import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The variables of the `.env` file beside the configuration; nothing when there is none. The real environment goes first. */
export function readDotenv(configDir: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readFileSync(join(configDir, '.env'), 'utf8');
  } catch {
    return {};
  }
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name = '', written = ''] = match;
    const quoted = /^(['"])(.*)\1$/.exec(written);
    variables[name] = quoted === null ? written.replace(/\s+#.*$/, '') : (quoted[2] ?? '');
  }
  return variables;
}
