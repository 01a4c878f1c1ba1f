import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';

import { defaultFetch, type DefaultFetchOptions } from '../../src/ai/providers/default-fetch.ts';

const proxies = { http: '', https: '', none: '', secrets: [] };
const hour = 3_600_000;

let server: Server;
let url: string;
let asked: Promise<ServerResponse>;

// One set of false timers for the whole file: `undici` goes on with the timer that it has once set.
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterAll(() => {
  vi.useRealTimers();
});
beforeEach(async () => {
  server = createServer();
  asked = new Promise((resolve) => {
    server.once('request', (_request, response) => resolve(response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function fetchWith(more: Partial<DefaultFetchOptions> = {}): typeof globalThis.fetch {
  return defaultFetch({ proxies, silenceMs: hour, onWarning: () => undefined, ...more });
}

it('Headers and bodies that come after an hour are waited for', async () => {
  const pending = fetchWith()(url);
  const response = await asked;
  vi.advanceTimersByTime(hour);
  response.writeHead(200).write('so');
  const reply = await pending;
  const text = reply.text();
  vi.advanceTimersByTime(hour);
  response.end(' late');
  expect(await text).toBe('so late');
});

it('The time limit for headers is that of the dispatcher', async () => {
  const pending = fetchWith({ headersTimeoutMs: 600_000 })(url).catch((error: unknown) => error);
  await asked;
  vi.advanceTimersByTime(hour);
  expect(await pending).toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
});
