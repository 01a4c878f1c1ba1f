import { createHash } from 'node:crypto';

import { isTest } from './languages.ts';
import { secretsIn } from './secret-rules.ts';
import { sourceReader } from './source-reader.ts';

/** Where a secret stands. The secret itself is never part of it. */
export interface SecretFinding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly what: string;
  /** The first 16 hex digits of a SHA-256 over rule, path and secret: tells two findings apart, and gives nothing away. */
  readonly fingerprint: string;
  readonly inTest: boolean;
}

/** Looks for secrets in all files; runs on a worker thread. */
export function findSecrets(input: { readonly root: string; readonly paths: readonly string[] }): SecretFinding[] {
  const read = sourceReader(input.root);
  return input.paths.flatMap((path) => {
    const text = read(path);
    return text === undefined ? [] : secretFindings(path, text);
  });
}

/** The findings of one text. */
export function secretFindings(path: string, text: string): SecretFinding[] {
  return secretsIn(text).map(({ rule, start, end }) => ({
    path,
    line: text.slice(0, start).split('\n').length,
    rule: rule.id,
    what: rule.what,
    fingerprint: createHash('sha256')
      .update(`${rule.id}\0${path}\0${text.slice(start, end)}`)
      .digest('hex')
      .slice(0, 16),
    inTest: isTest(path),
  }));
}
