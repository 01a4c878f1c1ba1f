/** A value found in a text, or why there is none. */
export type JsonReply =
  | { readonly value: unknown; readonly problem: undefined }
  | { readonly value?: undefined; readonly problem: string };

/** Reads the JSON value of a reply: the whole text, the first fenced block, or what stands between the first and the last bracket. */
export function parseJsonReply(text: string): JsonReply {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n?```/i.exec(text)?.[1];
  const start = text.search(/[[{]/);
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  let problem = 'it is not JSON';
  for (const candidate of [text, fenced, start >= 0 && end > start ? text.slice(start, end + 1) : undefined]) {
    if (candidate === undefined) continue;
    try {
      return { value: JSON.parse(candidate) as unknown, problem: undefined };
    } catch (error) {
      problem = `it is not JSON (${(error as Error).message})`;
    }
  }
  return { problem };
}
