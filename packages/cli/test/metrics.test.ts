import { createServer as createHttpServer, get, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import parsePrometheus from 'parse-prometheus-text-format';
import { afterAll, describe, expect, it } from 'vitest';

import { ended, Home, said, wordsPipeline } from './support/orc.ts';

const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
afterAll(() => home.remove());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const fetchText = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });

describe('metrics', () => {
  it('--metrics-port serves the Prometheus format on loopback while the run goes', async () => {
    const port = await freePort();
    const child = home.start([...words, '--metrics-port', String(port), 'w1500 one']);
    const end = ended(child);
    await said(child, 'stderr', /word +started/);
    const families = parsePrometheus(await fetchText(`http://127.0.0.1:${port}/metrics`));
    expect(families.find(({ name }) => name === 'target_info')?.metrics[0]?.labels?.['service_name']).toBe('orc');
    expect(families.some(({ name }) => name.startsWith('orc_'))).toBe(true);
    child.kill('SIGTERM');
    await end;
  });

  it('--metrics-file holds hits and misses, times and the rest at the end', async () => {
    expect((await home.orc([...words, '--metrics-file', 'm/orc.prom', 'one two'])).code).toBe(0);
    const families = parsePrometheus(readFileSync(join(home.dir, 'm', 'orc.prom'), 'utf8'));
    const types = Object.fromEntries(families.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({ orc_run_duration: 'HISTOGRAM', target_info: 'GAUGE' });
    expect(Object.keys(types).filter((name) => name.startsWith('orc_')).length).toBeGreaterThan(5);
    // Each metric says what it is.
    for (const { name, help } of families) expect([name, help]).toEqual([name, expect.stringMatching(/\w/)]);
  });

  it('a port that is taken is told before anything is done', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await home.orc([...words, '--metrics-port', String(port), 'taken']);
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`the metrics port ${port} cannot be opened`);
  });

  it('a metrics file that can not be written is told before anything is done, and nothing is left beside it', async () => {
    mkdirSync(join(home.dir, 'taken'));
    const { code, stdout, stderr } = await home.orc([...words, '--metrics-file', 'taken', 'taken']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^orc: the metrics file \S+taken cannot be written: it is a folder, not a file\n$/);
    expect(existsSync(join(home.dir, 'taken.part'))).toBe(false);
  });

  it('OTLP by the standard variables: metrics and spans reach a receiver on loopback', async () => {
    const received: { path: string; body: string }[] = [];
    const receiver: Server = createHttpServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ path: request.url ?? '', body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const { code, stderr } = await home.orc([...words, 'one two'], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'my-stories' },
    });
    receiver.close();
    expect({ code, warned: stderr.includes('warning') }).toEqual({ code: 0, warned: false });
    const metrics = received.find(({ path }) => path === '/v1/metrics')?.body ?? '';
    const traces = received.find(({ path }) => path === '/v1/traces')?.body ?? '';
    expect(metrics).toContain('my-stories');
    const { resourceSpans } = JSON.parse(traces) as {
      resourceSpans: { scopeSpans: { spans: { name: string; parentSpanId?: string }[] }[] }[];
    };
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined || parentSpanId === '')).toHaveLength(1);
    expect(spans.length).toBeGreaterThan(4);
  });

  it('a receiver that is not there does not fail the run', async () => {
    const port = await freePort();
    const { code, stdout } = await home.orc([...words, 'nobody listens'], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    });
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: 'NOBODY LISTENS' });
  });
});
