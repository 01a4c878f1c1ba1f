import { readSync, writeSync } from 'node:fs';

const pieceBytes = 256 * 1024;

/** Writes a text into an open file: one call may write fewer bytes than it was given. */
export function writeAll(file: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
}

/** Copies all that is left of an open file into another one. */
export function copyAll(from: number, to: number): void {
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (;;) {
    const count = readSync(from, piece);
    if (count === 0) return;
    writeAll(to, piece.subarray(0, count));
  }
}
