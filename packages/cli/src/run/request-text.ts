import type { Host } from '../host.ts';
import { usageError } from '../errors.ts';

/** As much text as a request may have, in characters. */
const longest = 4_000_000;

/**
 * The request of a call: its word, or stdin for `-` and for a pipe without a word.
 *
 * @throws ERR_CLI_USAGE when it is empty.
 */
export async function readRequest(host: Host, word: string | undefined): Promise<string> {
  const fromStdin = word === '-' || (word === undefined && !host.stdin.isTTY);
  const text = fromStdin ? await readAll(host) : (word ?? '');
  if (text.includes('\0')) throw usageError('the request holds a NUL character');
  const request = fromStdin ? text.trimEnd() : text;
  if (request.trim() === '') {
    throw usageError(
      fromStdin ? 'the request on stdin is empty' : 'the request is empty',
      'orc "Create a story about space exploration"',
    );
  }
  return request;
}

async function readAll(host: Host): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of host.stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    size += bytes.length;
    if (size > longest) throw usageError(`the request on stdin is longer than ${longest} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
