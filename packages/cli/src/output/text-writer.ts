import type { OutputStream } from '../host.ts';
import { cleanText } from './clean.ts';

/**
 * The one way in which text reaches stdout or stderr: what could drive a terminal is taken out here, wherever it came from, so that no
 * caller can forget it. Only the colours of a {@link createStyle | style} with the same seal stay.
 */
export class TextWriter {
  readonly #stream: () => OutputStream;
  readonly #sealed: RegExp;

  /** Takes the stream, which is opened when it is first written to, and the seal of the styles. */
  constructor(stream: () => OutputStream, seal: string) {
    this.#stream = stream;
    // oxlint-disable-next-line no-control-regex
    this.#sealed = new RegExp(`(\\u001B\\[)${seal}(\\d{1,2}m)`);
  }

  /** Writes text for people. */
  write(text: string): void {
    this.#stream().write(this.#clean(text));
  }

  /** Writes what a program reads, such as a result or a path: byte for byte, but as text for people on a terminal. */
  exact(text: string): void {
    const stream = this.#stream();
    stream.write(stream.isTTY ? this.#clean(text) : text);
  }

  /** Between the colours, text is cleaned piece by piece: what is opened in one can't reach into the next. */
  #clean(text: string): string {
    const parts = text.split(this.#sealed);
    for (let at = 0; at < parts.length; at += 3) parts[at] = cleanText(parts[at] ?? '');
    return parts.join('');
  }
}
