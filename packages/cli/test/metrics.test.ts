import { createServer as createHttpServer, get, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { ended, Home, said, wordsPipeline } from './support/orc.ts';

const home = new Home();
const words = ['--pipeline', wordsPipeline] as const;
afterAll(() => home.remove());

/** A sample of the Prometheus text format. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the Prometheus text format (0.0.4); throws for whatever is not a part of it. */
function parsePrometheus(text: string): readonly Sample[] {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) ([A-Za-z_:][A-Za-z0-9_:]*)(?: (.*))?$/.exec(line);
    if (comment !== null) {
      if (comment[1] !== 'TYPE') continue;
      const [, , name = '', type = ''] = comment;
      if (types.has(name) || !['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(type))
        throw new Error(`bad TYPE line: ${line}`);
      types.set(name, type);
      continue;
    }
    if (line.startsWith('# UNIT')) continue;
    const match = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (\S+)(?: (-?\d+))?$/.exec(line);
    if (match === null) throw new Error(`not a sample: ${line}`);
    const labels: Record<string, string> = {};
    let rest = match[2] ?? '';
    while (rest !== '') {
      const label = /^([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\["\\n])*)",?/.exec(rest);
      if (label === null) throw new Error(`bad labels: ${line}`);
      labels[label[1] ?? ''] = label[2] ?? '';
      rest = rest.slice(label[0].length);
    }
    const value = match[3] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (Number.isNaN(value) && match[3] !== 'NaN') throw new Error(`bad value: ${line}`);
    const name = match[1] ?? '';
    const family = [name, name.replace(/_(bucket|sum|count)$/, '')].find((each) => types.has(each));
    if (family === undefined) throw new Error(`no TYPE for ${name}`);
    samples.push({ name, labels, value });
  }
  return samples;
}

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
    const samples = parsePrometheus(await fetchText(`http://127.0.0.1:${port}/metrics`));
    expect(samples.find(({ name }) => name === 'target_info')?.labels['service_name']).toBe('orc');
    expect(samples.some(({ name }) => name.startsWith('orc_'))).toBe(true);
    child.kill('SIGTERM');
    await end;
  });

  it('--metrics-file holds hits and misses, times and the rest at the end', async () => {
    expect((await home.orc([...words, '--metrics-file', 'm/orc.prom', 'one two'])).code).toBe(0);
    const samples = parsePrometheus(readFileSync(join(home.dir, 'm', 'orc.prom'), 'utf8'));
    expect(samples.filter(({ name }) => name.startsWith('orc_')).length).toBeGreaterThan(5);
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
