import { privateKeysIn, webTokensIn, type Place } from './secret-shapes.ts';

/** What a kind of secret looks like. */
export interface SecretRule {
  readonly id: string;
  readonly what: string;
  readonly find: (text: string) => Iterable<Place>;
  /** The least Shannon entropy of group 1, in bits per character: keeps words and placeholders out. */
  readonly entropy?: number;
}

/** The places of a pattern's matches: of group 1, which is the secret itself where there is more around it. */
function matchesOf(pattern: RegExp): SecretRule['find'] {
  return function* (text) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[0];
      const start = match.index + match[0].indexOf(secret);
      yield { start, end: start + secret.length };
    }
  };
}

/** The kinds that are looked for. */
const secretRules: readonly SecretRule[] = [
  {
    id: 'private-key',
    what: 'a private key',
    find: privateKeysIn,
  },
  { id: 'aws-access-key', what: 'an AWS access key id', find: matchesOf(/\b((?:AKIA|ASIA)[A-Z0-9]{16})\b/g) },
  {
    id: 'github-token',
    what: 'a GitHub token',
    find: matchesOf(/\b((?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,}))\b/g),
  },
  { id: 'gitlab-token', what: 'a GitLab token', find: matchesOf(/\b(glpat-[\w-]{20,})\b/g) },
  { id: 'slack-token', what: 'a Slack token', find: matchesOf(/\b(xox[abposr]-[\w-]{10,})/g) },
  { id: 'stripe-key', what: 'a Stripe key', find: matchesOf(/\b((?:sk|rk)_live_[A-Za-z0-9]{16,})\b/g) },
  {
    id: 'openai-key',
    what: 'an OpenAI or Anthropic key',
    find: matchesOf(/\b(sk-(?:ant-|proj-)?[A-Za-z0-9_-]{24,})/g),
  },
  { id: 'google-key', what: 'a Google API key', find: matchesOf(/\b(AIza[\w-]{35})\b/g) },
  { id: 'npm-token', what: 'an npm token', find: matchesOf(/\b(npm_[A-Za-z0-9]{36})\b/g) },
  { id: 'jwt', what: 'a JSON Web Token', find: webTokensIn },
  {
    id: 'url-password',
    what: 'a password in a URL',
    find: matchesOf(/:\/\/[^\s:@/'"`<>]+:([^\s:@/'"`<>${}]{6,})@[\w.-]+/g),
    entropy: 2.5,
  },
  {
    id: 'assigned-secret',
    what: 'a value assigned to a secret-like name',
    find: matchesOf(
      /(?:password|passwd|secret(?:_?key)?|token|api_?key|access_?key|private_?key|credential)s?["'\]]{0,2}\s*(?::|=|=>|:=)\s*["'`](?=[^\s"'`]*\d)([^\s"'`$<>{}]{12,})["'`]/gi,
    ),
    entropy: 3.2,
  },
  {
    id: 'assigned-secret',
    what: 'a value assigned to a secret-like name',
    find: matchesOf(
      /^[ \t]*(?:export[ \t]+)?\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL)S?[ \t]*=[ \t]*(?=[^\s"'`]*\d)([^\s"'`$<>{}();]{12,})[ \t]*\r?$/gm,
    ),
    entropy: 3.2,
  },
];

/** A secret in a text. */
export interface FoundSecret {
  readonly rule: SecretRule;
  readonly start: number;
  readonly end: number;
}

/** Finds the secrets of a text, first to last, without overlaps. */
export function secretsIn(text: string): FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const rule of secretRules) {
    for (const { start, end } of rule.find(text)) {
      if (rule.entropy !== undefined && entropyOf(text.slice(start, end)) < rule.entropy) continue;
      found.push({ rule, start, end });
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: FoundSecret[] = [];
  for (const secret of found) {
    const last = kept.at(-1);
    if (last === undefined || secret.start >= last.end) kept.push(secret);
    // Two rules that see parts of one secret: all of it goes.
    else if (secret.end > last.end) kept[kept.length - 1] = { ...last, end: secret.end };
  }
  return kept;
}

/** The text with every secret in it replaced. What goes to a model goes through here. */
export function redactSecretsOf(text: string): string {
  let result = '';
  let at = 0;
  for (const { rule, start, end } of secretsIn(text)) {
    result += `${text.slice(at, start)}[${rule.id} removed]`;
    at = end;
  }
  return result + text.slice(at);
}

/** Shannon entropy in bits per character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
