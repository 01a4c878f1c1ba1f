// What a secret is replaced by.
const redacted = '[redacted]';

// Keys that were not handed to us (a provider's reply that quotes another one), by their common forms.
const keyShapes: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|hf|r8)[-_][A-Za-z0-9_-]{16,}/g,
  /\bAIza[0-9A-Za-z_-]{30,}/g,
  /(\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /((?:api[-_]?key|x-goog-api-key|authorization|access[-_]?token)["']?\s*[=:]\s*["']?)(?!Bearer\b)[A-Za-z0-9._~+/-]{8,}/gi,
  /(\bhttps?:\/\/)[^\s/@:]+:[^\s/@]+@/gi,
];

/**
 * Replaces every known secret in a text, and what looks like a key, by `[redacted]`.
 * Known secrets are also found URL-encoded and inside JSON. Secrets shorter than 4 characters are ignored.
 */
export function redactSecrets(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  for (const secret of [...secrets].toSorted((a, b) => b.length - a.length)) {
    if (secret.length < 4) continue;
    const forms = new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
    for (const form of forms) clean = clean.replaceAll(form, redacted);
  }
  for (const shape of keyShapes) {
    clean = clean.replace(
      shape,
      (_match, head: unknown) =>
        `${typeof head === 'string' ? head : ''}${redacted}${typeof head === 'string' && head.endsWith('//') ? '@' : ''}`,
    );
  }
  return clean;
}
