import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { SchedulerError } from '../errors.ts';

/** What a signature says of what it signs, so that one kind of message never passes for another. */
export type SignedKind = 'job' | 'result' | 'failure' | 'progress' | 'cancelling' | 'cancel' | 'worker';

/** Signs what goes through Redis with a secret that only coordinators and workers share. */
export interface Signer {
  /** Names the secret without telling it: the same on every machine that has it. */
  readonly id: string;
  /** Signs fields, in order. */
  sign(kind: SignedKind, fields: readonly string[]): string;
  /** Whether a signature was made with this secret over exactly these fields. Takes the same time for every wrong one. */
  verify(kind: SignedKind, fields: readonly string[], mac: unknown): boolean;
}

const leastLength = 16;

/**
 * Makes the signer of a secret; without one nothing is signed.
 *
 * @throws SchedulerError ERR_SCHEDULER_OPTION when the secret is too short to withstand guessing.
 */
export function signerOf(secret: string | undefined): Signer | undefined {
  if (secret === undefined) return undefined;
  // The value is never shown, whatever it is.
  if (typeof secret !== 'string' || secret.length < leastLength) {
    throw new SchedulerError(
      'ERR_SCHEDULER_OPTION',
      `Expected \`secret\` to be a text of at least ${String(leastLength)} characters, got ${
        typeof secret === 'string' ? `one of ${String(secret.length)}` : typeof secret
      }`,
    );
  }
  const mac = (kind: string, fields: readonly string[]): Buffer => {
    const hmac = createHmac('sha256', secret).update('orc-bullmq-2\n');
    // Each field with its length in front: no two lists of fields become the same text.
    for (const field of [kind, ...fields]) hmac.update(`${String(Buffer.byteLength(field))}:`).update(field);
    return hmac.digest();
  };
  return {
    id: mac('id', []).toString('hex').slice(0, 16),
    sign: (kind, fields) => mac(kind, fields).toString('base64url'),
    verify(kind, fields, given) {
      if (typeof given !== 'string') return false;
      const right = mac(kind, fields);
      const claimed = Buffer.from(given, 'base64url');
      return claimed.byteLength === right.byteLength && timingSafeEqual(claimed, right);
    },
  };
}

/** SHA-256 of bytes, in hexadecimal digits. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
