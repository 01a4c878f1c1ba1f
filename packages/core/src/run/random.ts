import { digest } from '@orc/cache';

/** A generator of numbers in [0, 1) that depends on its seed texts alone (sfc32, seeded by SHA-256). */
export function seededRandom(...seed: readonly (string | number)[]): () => number {
  const hash = digest('orc.random/1', ...seed);
  let a = Number.parseInt(hash.slice(0, 8), 16) | 0;
  let b = Number.parseInt(hash.slice(8, 16), 16) | 0;
  let c = Number.parseInt(hash.slice(16, 24), 16) | 0;
  let d = Number.parseInt(hash.slice(24, 32), 16) | 0;
  return () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
}
