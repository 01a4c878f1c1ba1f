import { expect, it } from 'vitest';

import { defaultFetch } from '../../src/ai/providers/default-fetch.ts';
import { startFaultServer } from '../../src/testing/index.ts';

const missing = Object.assign(new Error("Cannot find package 'undici' imported from /x/default-fetch.js"), {
  code: 'ERR_MODULE_NOT_FOUND',
});

it('Without `undici` requests are made by the global fetch, and what does not hold is said', async () => {
  await using server = await startFaultServer();
  const warnings: string[] = [];
  const fetch = defaultFetch({
    proxies: { http: '', https: 'http://proxy.invalid:1', none: '', secrets: [] },
    silenceMs: 600_000,
    onWarning: (message) => warnings.push(message),
    importUndici: () => Promise.reject(missing),
  });
  expect((await fetch(server.url)).status).toBe(404);
  expect(warnings).toEqual([expect.stringContaining('HTTPS_PROXY'), expect.stringContaining('5 minutes')]);
});

it('A package that is there and broken is no missing one', async () => {
  const broken = new Error('Unexpected token');
  const fetch = defaultFetch({
    proxies: { http: '', https: '', none: '', secrets: [] },
    silenceMs: 0,
    onWarning: () => undefined,
    importUndici: () => Promise.reject(broken),
  });
  await expect(fetch('http://127.0.0.1:9')).rejects.toBe(broken);
});
