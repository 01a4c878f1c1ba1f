import { fencedBlock } from '../../ai/fenced-block.ts';

/** The code of a reply: what stands in its first fenced block, or the whole text where there is no fence. */
export function codeOf(reply: string): string {
  return `${(fencedBlock(reply, (info) => /^[\w-]*$/.test(info))?.inside ?? reply).trim()}\n`;
}
