import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { messageOf } from '../errors.ts';

/** Asks a Redis server for a sign of life; `undefined` when it answers, else what is wrong. Needs no client. */
export function checkRedis(url: string, timeoutMs = 3000): Promise<string | undefined> {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    return Promise.resolve('the address is no URL');
  }
  if (address.protocol !== 'redis:' && address.protocol !== 'rediss:')
    return Promise.resolve('the address has to start with redis:// or rediss://');
  const options = {
    host: address.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(address.port || '6379'),
  };
  return new Promise((resolve) => {
    const socket = address.protocol === 'rediss:' ? connectTls(options) : connectPlain(options);
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(timeoutMs, () => end(`no answer within ${timeoutMs} ms`));
    socket.once('error', (error) => end(messageOf(error)));
    socket.once(address.protocol === 'rediss:' ? 'secureConnect' : 'connect', () => {
      const password = decodeURIComponent(address.password);
      const user = decodeURIComponent(address.username);
      if (password !== '') socket.write(command(user === '' ? ['AUTH', password] : ['AUTH', user, password]));
      socket.write(command(['PING']));
    });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('+PONG')) end(undefined);
      else if (answer.startsWith('-')) end(answer.slice(1).split('\r\n')[0]);
    });
  });
}

/** A command in the protocol's own form, so that no password can end it early. */
function command(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
