import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { resolveModel, type ModelConfig } from '../../src/ai/index.ts';
import { startFaultServer, type FaultServer } from '../../src/testing/index.ts';

let models: FaultServer;
let proxy: Server;
let address: string;
const asked: { readonly host: string; readonly authorization: string | undefined }[] = [];

// A forward proxy for which every host is the server of models.
beforeAll(async () => {
  models = await startFaultServer({ reply: () => 'Through.' });
  const target = new URL(models.url);
  const sockets = new Set<Socket>();
  proxy = createServer((_request, response) => response.writeHead(501).end());
  proxy.on('connect', (request, socket: Socket) => {
    const authorization = request.headers['proxy-authorization'];
    asked.push({ host: request.url ?? '', authorization });
    sockets.add(socket);
    if (request.url === 'refused.example:80') {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const through = connect(Number(target.port), target.hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    for (const one of [socket, through]) one.on('error', () => socket.destroy());
  });
  proxy.on('close', () => sockets.forEach((socket) => socket.destroy()));
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
beforeEach(() => asked.splice(0));
afterAll(async () => {
  proxy.close();
  await models.close();
});

async function answer(host: string, env: Readonly<Record<string, string>>, more: ModelConfig = {}): Promise<string> {
  const baseUrl = `http://${host}${new URL(models.url).pathname}`;
  const model = await resolveModel('compatible/m', { env, config: { baseUrl, maxRetries: 0, ...more } });
  return (await model.generate({ prompt: 'x' })).text;
}

describe('A proxy in the environment that was passed in', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('carries the calls: %s', async (name) => {
    expect(await answer('models.example', { [name]: `http://${address}` })).toBe('Through.');
    expect(asked).toEqual([{ host: 'models.example:80', authorization: undefined }]);
  });

  it('may be written as host and port, and lower case counts first', async () => {
    expect(await answer('models.example', { HTTP_PROXY: 'http://nowhere.example:1', http_proxy: address })).toBe(
      'Through.',
    );
  });

  it('gets its own name and password', async () => {
    await answer('models.example', { HTTP_PROXY: `http://me:pass%20word@${address}` });
    expect(asked[0]?.authorization).toBe(`Basic ${btoa('me:pass word')}`);
  });

  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])('is asked for hosts over https: %s', async (name) => {
    const model = await resolveModel('compatible/m', {
      env: { [name]: `http://${address}` },
      config: { baseUrl: 'https://models.example/v1', maxRetries: 0 },
    });
    // The server behind the proxy of this test speaks no TLS.
    await expect(model.generate({ prompt: 'x' })).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_UNAVAILABLE' });
    expect(asked.map(({ host }) => host)).toEqual(['models.example:443']);
  });

  it.each(['NO_PROXY', 'no_proxy'])('is left out for the hosts of %s', async (name) => {
    const env = { HTTP_PROXY: `http://${address}`, [name]: 'other.invalid, models.invalid' };
    await expect(answer('models.invalid', env)).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_UNAVAILABLE' });
    expect(asked).toEqual([]);
  });

  it('is left out for hosts of this machine', async () => {
    expect(await answer(new URL(models.url).host, { HTTP_PROXY: `http://${address}` })).toBe('Through.');
    expect(asked).toEqual([]);
  });

  it('that refuses ends the call at once, and the message says so without the password', async () => {
    const env = { HTTP_PROXY: `http://me:my-own-password@${address}` };
    const error: unknown = await answer('refused.example', env, { maxRetries: 3 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_ORC_MODEL_UNAVAILABLE', retryable: false });
    expect(asked).toHaveLength(1);
    const { message, hint } = error as Error & { hint: string };
    expect(message).toContain('407');
    expect(hint).toContain('HTTP_PROXY');
    expect(`${message} ${hint}`).not.toContain('my-own-password');
  });

  it('has to be an address', async () => {
    await expect(answer('models.example', { HTTPS_PROXY: 'socks9://secret-word@x' })).rejects.toMatchObject({
      code: 'ERR_ORC_OPTION',
      message: 'Expected `HTTPS_PROXY` to be the http or https address of a proxy',
    });
  });
});

it('A proxy in the environment of the process carries nothing', async () => {
  const before = process.env['HTTP_PROXY'];
  process.env['HTTP_PROXY'] = `http://${address}`;
  try {
    await expect(answer('models.invalid', {})).rejects.toMatchObject({ code: 'ERR_ORC_MODEL_UNAVAILABLE' });
    expect(asked).toEqual([]);
  } finally {
    if (before === undefined) delete process.env['HTTP_PROXY'];
    else process.env['HTTP_PROXY'] = before;
  }
});
