import { createHash } from 'node:crypto';

import { isTest } from './languages.ts';
import { secretsIn } from './secret-rules.ts';
import { SourceReader, type ChangedFiles, type SourceFiles } from './source-reader.ts';

/** Where a secret stands. The secret itself is never part of it. */
export interface SecretFinding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly what: string;
  /**
   * The first 16 hex digits of a SHA-256 over rule, path and the finding's number among those of its rule in the file. The secret itself is no part
   * of it: a digest of a word that people choose is found by trying.
   */
  readonly fingerprint: string;
  readonly inTest: boolean;
}

/** What a search for secrets found. */
export interface FoundSecrets extends ChangedFiles {
  readonly findings: readonly SecretFinding[];
}

/** Looks for secrets in all files; runs on a worker thread. */
export function findSecrets(input: SourceFiles): FoundSecrets {
  const reader = new SourceReader(input);
  const findings = input.files.flatMap(({ path }) => {
    const text = reader.read(path);
    return text === undefined ? [] : secretFindings(path, text);
  });
  return { findings, changed: reader.changed };
}

/** The findings of one text. */
export function secretFindings(path: string, text: string): SecretFinding[] {
  const counts = new Map<string, number>();
  let line = 1;
  let at = 0;
  return secretsIn(text).map(({ rule, start }) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < start; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    const count = (counts.get(rule.id) ?? 0) + 1;
    counts.set(rule.id, count);
    return {
      path,
      line,
      rule: rule.id,
      what: rule.what,
      fingerprint: createHash('sha256').update(`${rule.id}\0${path}\0${count}`).digest('hex').slice(0, 16),
      inTest: isTest(path),
    };
  });
}
