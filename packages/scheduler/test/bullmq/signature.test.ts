import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { JobSeal } from '../../src/bullmq/job-seal.ts';
import { signerOf } from '../../src/bullmq/signature.ts';
import type { Signer } from '../../src/bullmq/signature.ts';
import type { JobData } from '../../src/bullmq/wire.ts';

const secret = 'correct horse battery staple';
const signer = (text = secret): Signer => signerOf(text) as Signer;
const job = (data: Partial<JobData> = {}): JobData => ({
  v: 2,
  id: 'run-1/page',
  input: { t: 'j', v: { text: 'hello' } },
  attempt: 1,
  progress: false,
  ...data,
});

describe('signatures', () => {
  it('fit exactly the fields that they were made over, in their kind', () => {
    const lists = fc.array(fc.string(), { maxLength: 4 });
    const kinds = fc.constantFrom('job', 'result', 'failure', 'cancel', 'worker' as const);
    fc.assert(
      fc.property(lists, lists, kinds, kinds, (one, other, kind, otherKind) => {
        const mac = signer().sign(kind, one);
        expect(signer().verify(kind, one, mac)).toBe(true);
        expect(signer('another secret of all').verify(kind, one, mac)).toBe(false);
        const same = JSON.stringify(one) === JSON.stringify(other) && kind === otherKind;
        expect(signer().verify(otherKind, other, mac)).toBe(same);
      }),
    );
  });

  it('are refused when they are no signature at all', () => {
    for (const mac of [undefined, null, '', 'x', 7, {}, 'A'.repeat(43)])
      expect(signer().verify('job', [], mac)).toBe(false);
  });

  it('need a secret that can not be guessed, and never show it', () => {
    expect(signerOf(undefined)).toBeUndefined();
    for (const weak of ['', 'hunter2', 7 as unknown as string, null as unknown as string])
      expect(() => signerOf(weak)).toThrow('Expected `secret` to be a text of at least 16 characters');
    expect(() => signerOf('hunter2')).not.toThrow('hunter2');
    expect(JSON.stringify(signer())).not.toContain(secret);
    expect(signer().id).toBe(signer().id);
    expect(signer().id).not.toBe(signer(`${secret}!`).id);
  });
});

describe('a signed job', () => {
  let now = 1000;
  const seal = (scope = 'orc:pages', text: string = secret): JobSeal => new JobSeal(signer(text), scope, () => now);
  const signed = (): JobData => seal().job('id-1', 'fetch', job(), 5000);

  it('may run as it was sent, and until its time is over', () => {
    now = 1000;
    const data = JSON.parse(JSON.stringify(signed())) as JobData;
    expect(seal().jobProblem('id-1', 'fetch', data)).toBeUndefined();
    now = 6000;
    expect(seal().jobProblem('id-1', 'fetch', data)).toBeUndefined();
    now = 6001;
    expect(seal().jobProblem('id-1', 'fetch', data)).toContain('too old');
    now = 1000;
  });

  it.each([
    ['of another queue', () => seal('orc:other').jobProblem('id-1', 'fetch', signed())],
    ['under another job id', () => seal().jobProblem('id-2', 'fetch', signed())],
    ['for another task', () => seal().jobProblem('id-1', 'delete', signed())],
    ['with another id', () => seal().jobProblem('id-1', 'fetch', { ...signed(), id: 'run-2/page' })],
    ['of another attempt', () => seal().jobProblem('id-1', 'fetch', { ...signed(), attempt: 2 })],
    ['with another timeout', () => seal().jobProblem('id-1', 'fetch', { ...signed(), timeoutMs: 1 })],
    ['for longer', () => seal().jobProblem('id-1', 'fetch', { ...signed(), until: 9_999_999 })],
    ['with another input', () => seal().jobProblem('id-1', 'fetch', { ...signed(), input: { t: 'j', v: 1 } })],
    ['with no signature', () => seal().jobProblem('id-1', 'fetch', job())],
    ['of another secret', () => seal('orc:pages', 'another secret of all').jobProblem('id-1', 'fetch', signed())],
  ])('may not run %s', (_what, problem) => {
    expect(problem()).toMatch(/^it is not signed$|^its signature does not fit/);
  });

  it('has results that fit this job and its input alone', () => {
    const done = { jobId: 'id-1', task: 'fetch', content: 'j:abc' };
    const result = seal().result(done, { value: { t: 'j', v: 1 }, worker: 'w' });
    expect(seal().isResult(done, result)).toBe(true);
    expect(seal().isResult(done, { ...result, value: { t: 'j', v: 2 } })).toBe(false);
    expect(seal().isResult(done, { ...result, worker: 'v' })).toBe(false);
    expect(seal().isResult({ ...done, jobId: 'id-2' }, result)).toBe(false);
    expect(seal().isResult({ ...done, content: 'j:abd' }, result)).toBe(false);
    expect(seal().isResult(done, { value: { t: 'j', v: 1 }, worker: 'w' })).toBe(false);
  });
});
