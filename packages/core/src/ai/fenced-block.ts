/**
 * The inside of the first fenced block whose opening line `accepts`, and the rest of the text where the block is left open.
 * By `indexOf`, since a pattern with a lazy middle looks at the rest of the text once per fence.
 */
export function fencedBlock(
  text: string,
  accepts: (info: string) => boolean,
): { readonly inside: string; readonly closed: boolean } | undefined {
  for (let at = text.indexOf(fence); at !== -1; at = text.indexOf(fence, at + 1)) {
    const start = at + fence.length;
    const [info, rest] = text.slice(start, start + longestInfo).split('\n', 2) as [string, string | undefined];
    if (rest === undefined || !accepts(info)) continue;
    const inside = start + info.length + 1;
    const end = text.indexOf(fence, inside);
    return { inside: text.slice(inside, end === -1 ? undefined : end), closed: end !== -1 };
  }
  return undefined;
}

const fence = '```';
// What stands behind a fence is a word: no more of a line is looked at.
const longestInfo = 200;
