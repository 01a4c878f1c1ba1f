import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { messageOf } from '../errors.ts';

/** Why a Redis server can not be used. */
export interface RedisProblem {
  /** What is wrong. */
  readonly text: string;
  /** What to do about it. */
  readonly hint: string;
  /** Whether it is not a matter of a server that is away: the address or what stands there is wrong. */
  readonly configuration: boolean;
}

const correct = 'correct ORC_DISTRIBUTED_REDIS_URL, `distributed.redis_url` or --redis';

/** Asks a Redis server for a sign of life and what it is; `undefined` when it can be used, else what is wrong. Needs no client. */
export function checkRedis(url: string, timeoutMs = 3000): Promise<RedisProblem | undefined> {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    return Promise.resolve({ text: 'the address is no URL', hint: correct, configuration: true });
  }
  if (address.protocol !== 'redis:' && address.protocol !== 'rediss:')
    return Promise.resolve({
      text: 'the address has to start with redis:// or rediss://',
      hint: correct,
      configuration: true,
    });
  const options = {
    host: address.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(address.port || '6379'),
  };
  return new Promise((resolve) => {
    const socket = address.protocol === 'rediss:' ? connectTls(options) : connectPlain(options);
    const end = (problem: RedisProblem | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(timeoutMs, () => end(problemOf(`no answer within ${timeoutMs} ms`)));
    socket.once('error', (error) => end(problemOf(messageOf(error), (error as { readonly code?: string }).code)));
    socket.once(address.protocol === 'rediss:' ? 'secureConnect' : 'connect', () => {
      const password = decodeURIComponent(address.password);
      const user = decodeURIComponent(address.username);
      if (password !== '') socket.write(command(user === '' ? ['AUTH', password] : ['AUTH', user, password]));
      socket.write(command(['INFO', 'server']));
      socket.write(command(['PING']));
    });
    let answer = '';
    socket.on('data', (chunk) => {
      answer = (answer + chunk.toString('latin1')).slice(0, longestAnswer);
      const refusal = /(?:^|\n)-((?:WRONGPASS|NOAUTH|ERR invalid|ERR AUTH)[^\r\n]*)/.exec(answer)?.[1];
      if (refusal !== undefined) end(problemOf(refusal));
      // A user who may not ask what the server is can still work with it.
      else if (answer.includes('+PONG')) end(unsupported(answer));
      else if (answer.length === longestAnswer || !/^[-+$]/.test(answer))
        end(problemOf('what answers is no Redis server'));
    });
    socket.once('close', () => end(problemOf('the connection was closed')));
  });
}

const longestAnswer = 100_000;

/** A server that keeps one queue's keys on several machines, or none at all. */
function unsupported(information: string): RedisProblem | undefined {
  const mode = /\nredis_mode:(\w+)/.exec(information)?.[1];
  if (mode !== 'cluster' && mode !== 'sentinel') return undefined;
  const what = mode === 'cluster' ? 'a Redis Cluster' : 'a Redis Sentinel';
  return { text: `${what} is not supported`, hint: `name a single Redis server: ${correct}`, configuration: true };
}

function problemOf(text: string, code = ''): RedisProblem {
  if (/^(WRONGPASS|NOAUTH|ERR invalid|ERR AUTH)/.test(text))
    return {
      text: `it refuses the user or the password: ${text}`,
      hint: `${correct}; the environment is the better place for a password`,
      configuration: true,
    };
  if (/certificate|\bCA\b/i.test(text) || /^(ERR_TLS_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(code))
    return {
      text: `its certificate is not trusted: ${text}`,
      hint: 'name its authority: NODE_EXTRA_CA_CERTS=FILE',
      configuration: true,
    };
  return { text, hint: 'start it, or correct --redis', configuration: false };
}

/** A command in the protocol's own form, so that no password can end it early. */
function command(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
