import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('requests-child.mjs', import.meta.url));

async function child(options) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, JSON.stringify(options)]);
  return JSON.parse(stdout);
}

/** 10,000 requests, Zipf 0.99 over 2,000 distinct ones, one phase of 300 words each, a cache of 500 results, which is full by the 2,000th: bytes allocated, and heap that stays. */
export async function runRequests({ quick }) {
  const size = quick
    ? { requests: 2000, distinct: 400, maxSize: 100 }
    : { requests: 10_000, distinct: 2000, maxSize: 500 };
  const optimized = await child({ ...size, optimized: true });
  const standard = await child({ ...size, optimized: false });
  return {
    ...size,
    optimized,
    standard,
    allocatedShare: optimized.bytesPerRequest / standard.bytesPerRequest,
    retainedGrowth: optimized.late / optimized.early - 1,
  };
}
