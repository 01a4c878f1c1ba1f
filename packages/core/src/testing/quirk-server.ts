import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { errorQuirks } from './quirks/errors.ts';
import { refusalQuirks } from './quirks/refusals.ts';
import { replyQuirks } from './quirks/replies.ts';
import { streamQuirks } from './quirks/streams.ts';
import type { Quirk, QuirkOutcome } from './quirks/wire.ts';

/** A habit of a real server, and what a person would want to become of a call. */
export interface QuirkInfo {
  /** Its name. */
  readonly name: string;
  /** Whether it concerns structured replies. */
  readonly structured: boolean;
  /** What should become of a call. */
  readonly outcome: QuirkOutcome;
}

/** A running server. */
export interface QuirkServer extends AsyncDisposable {
  /** The base address of a quirk, with `/v1`. */
  url(name: string): string;
  /** The bodies of the calls that a quirk has answered. */
  calls(name: string): readonly Readonly<Record<string, unknown>>[];
  /** Stops it and cuts what is still open. */
  close(): Promise<void>;
}

const all: readonly Quirk[] = [...replyQuirks, ...streamQuirks, ...refusalQuirks, ...errorQuirks];

/** The quirks that the server has: habits of real servers and models, with the outcome that is right. */
export const quirks: readonly QuirkInfo[] = all.map(({ name, structured, outcome }) => ({ name, structured, outcome }));

/**
 * Starts a server on a free loopback port that answers chat completions as real servers do, each quirk under a path of
 * its own.
 *
 * @example
 * ```ts
 * import { resolveModel } from '@orc/core/ai';
 * import { startQuirkServer } from '@orc/core/testing';
 *
 * await using server = await startQuirkServer();
 * const model = await resolveModel('compatible/test', { config: { baseUrl: server.url('refuses-seed') } });
 * const { text } = await model.generate({ prompt: 'What is a tide?', seed: 7 });
 * ```
 */
export async function startQuirkServer(): Promise<QuirkServer> {
  const calls = new Map<string, Readonly<Record<string, unknown>>[]>();
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    incoming.on('end', () => {
      const name = (incoming.url ?? '').split('/')[1] ?? '';
      const quirk = all.find((one) => one.name === name);
      if (quirk === undefined) {
        response.writeHead(404).end();
        return;
      }
      const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
      const earlier = calls.get(name) ?? [];
      calls.set(name, [...earlier, body]);
      quirk.answer({ body, number: earlier.length + 1, response });
    });
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}/v1`,
    calls: (name) => calls.get(name) ?? [],
    close,
    [Symbol.asyncDispose]: close,
  };
}
