type Bag = Readonly<Record<string, unknown>>;

/**
 * The provider's own words in the body of an error, whatever its form: `{error: {message}}`, `{error: "…"}`,
 * `{message}`, `{detail: "…"}`, FastAPI's list of `{loc, msg}`, a list of errors, what a router quotes from the
 * provider behind it (`metadata.raw`), a web page's title, plain text. Empty where there are none.
 */
export function providerWords(body: string): string {
  const text = body.trim();
  if (text === '') return '';
  if (isWebPage(text)) return pageTitle(text);
  const value = parsed(text);
  return (value === undefined ? text : wordsOf(value, 0)).trim();
}

/** Whether a body is a web page: what a proxy, a sign-in or a wrong address answers with. */
export function isWebPage(body: string): boolean {
  return /^\s{0,100}<(!doctype\s{1,10}html|html|head|body)\b/i.test(body);
}

function pageTitle(page: string): string {
  const lower = page.toLowerCase();
  const start = lower.indexOf('<title');
  const open = start < 0 ? -1 : lower.indexOf('>', start);
  const end = open < 0 ? -1 : lower.indexOf('</title', open);
  const title = end < 0 ? '' : page.slice(open + 1, end).trim();
  return title === '' ? 'a web page' : `a web page, “${title.slice(0, 100)}”`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function wordsOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (depth > 5 || typeof value !== 'object' || value === null) return '';
  if (Array.isArray(value)) {
    const all: readonly unknown[] = value;
    return all
      .slice(0, 3)
      .map((one) => wordsOf(one, depth + 1))
      .filter((words) => words !== '')
      .join('; ');
  }
  const bag = value as Bag;
  const place = Array.isArray(bag['loc']) ? (bag['loc'] as readonly unknown[]).join('.') : '';
  const said = ['message', 'msg', 'detail', 'error', 'errors', 'error_description', 'reason', 'title']
    .map((name) => wordsOf(bag[name], depth + 1))
    .find((words) => words !== '');
  const metadata = bag['metadata'] as Bag | null | undefined;
  const quoted = typeof metadata === 'object' && metadata !== null ? metadata['raw'] : undefined;
  const behind = typeof quoted === 'string' ? providerWords(quoted) : wordsOf(quoted, depth + 1);
  const words = said === undefined ? behind : behind === '' || said.includes(behind) ? said : `${said}: ${behind}`;
  return place === '' || words === '' ? words : `${place}: ${words}`;
}
