/** A name as a code span: one line, with more backticks around it than it has in a row. */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  const longest = (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || line.trim() === '' ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A foreign text as one line of prose: it makes no markup. */
export function plainText(text: string): string {
  return oneLine(text).replaceAll(/[\\`<>[\]&*]/g, String.raw`\$&`);
}

/** A cell of a table: a pipe in it, also behind a backslash, ends no cell. */
export function tableCell(text: string): string {
  let cell = '';
  let slashes = 0;
  for (const character of oneLine(text)) {
    // An odd number of backslashes escapes a pipe.
    if (character === '|') cell += slashes % 2 === 0 ? '\\' : '\\\\';
    cell += character;
    slashes = character === '\\' ? slashes + 1 : 0;
  }
  return cell;
}

/**
 * What a model wrote, as a part of a document that is not the model's: its Markdown stays, but no heading of it stands beside the document's,
 * and it holds no HTML, loads no image, and leaves no fence open.
 */
export function writtenText(text: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of text.replaceAll(/\r\n?/g, '\n').trim().split('\n')) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line);
    const run = marker?.[1] ?? '';
    const info = line.slice(marker?.[0].length ?? 0);
    if (fence !== undefined) {
      const closes = run.startsWith(fence) && info.trim() === '';
      lines.push(closes ? fence : line);
      if (closes) fence = undefined;
    } else if (marker !== null && !info.includes('`')) {
      // At the margin, where it is in no list item that could end before it does.
      fence = run;
      lines.push(run + info.replaceAll(/[^\w -]/g, ''));
    } else {
      lines.push(proseLine(line));
    }
  }
  if (fence !== undefined) lines.push(fence);
  return lines.join('\n');
}

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');

function proseLine(line: string): string {
  const heading = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line);
  if (heading !== null) return `####${inlineText(line.slice(heading[0].length))}`;
  // A line that would make a heading of the one above it.
  if (/^ {0,3}(?:=+|-+)[ \t]*$/.test(line)) return `\\${line.trim()}`;
  return inlineText(line);
}

/** A line without HTML and images. Every code span ends on its line, and a backtick without its like is escaped, so that here and in Markdown the same is code. */
function inlineText(line: string): string {
  const runs = lastRuns(line);
  const special = /[\\`<!]/g;
  const parts: string[] = [];
  let at = 0;
  for (let match = special.exec(line); match !== null; match = special.exec(line)) {
    const { index } = match;
    parts.push(line.slice(at, index));
    at = index;
    const next = line[index + 1] ?? '';
    let replaced: string | undefined;
    if (match[0] === '`') {
      const length = runLength(line, index);
      const end = (runs.get(length) ?? -1) > index ? endOfCode(line, index + length, length) : -1;
      at = end === -1 ? index + length : end + length;
      replaced = end === -1 ? String.raw`\``.repeat(length) : line.slice(index, at);
    } else if (match[0] === '\\' && /[!-/:-@[-`{-~]/.test(next)) {
      // An escape, which Markdown knows of punctuation alone.
      at = index + 2;
      replaced = match[0] + next;
    } else {
      at = index + 1;
      if (match[0] === '<' && /[A-Za-z/!?]/.test(next)) replaced = '&lt;';
      if (match[0] === '!' && next === '[') replaced = String.raw`\!`;
    }
    parts.push(replaced ?? match[0]);
    special.lastIndex = at;
  }
  return parts.join('') + line.slice(at);
}

function runLength(line: string, start: number): number {
  let end = start;
  while (line[end] === '`') end += 1;
  return end - start;
}

/** Where the last run of backticks of each length stands: without it, every run would be looked for to the end of the line. */
function lastRuns(line: string): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (let at = line.indexOf('`'); at !== -1;) {
    const length = runLength(line, at);
    places.set(length, at);
    at = line.indexOf('`', at + length);
  }
  return places;
}

function endOfCode(line: string, from: number, length: number): number {
  for (let at = line.indexOf('`', from); at !== -1;) {
    const found = runLength(line, at);
    if (found === length) return at;
    at = line.indexOf('`', at + found);
  }
  return -1;
}
