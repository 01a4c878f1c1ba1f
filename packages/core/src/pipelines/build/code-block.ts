/** The code of a reply: what stands in its first fenced block, or the whole text where there is no fence. */
export function codeOf(reply: string): string {
  const fenced = /```[\w-]*\n([\s\S]*?)(?:\n```|$)/.exec(reply);
  return `${(fenced?.[1] ?? reply).trim()}\n`;
}
