// All that a terminal may obey, or that changes the order in which a person sees what stands there: the control characters but tab and
// line feed, and the marks of bidirectional text.
const unsafe =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

const escape = 0x1b;
const bell = 0x07;
const stringEnd = 0x9c;
/** The C1 form of what `ESC [` opens. */
const sequence = 0x9b;
/** What opens a string that ends with BEL or ST, behind `ESC` and as C1: DCS, SOS, OSC, PM, APC. */
const stringOpeners: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
const stringOpenersC1: ReadonlySet<number> = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f]);

/**
 * Text of a model, a request, a file or a session, without anything that could drive a terminal. Line ends become `\n`.
 *
 * Escape sequences go as a whole, so that their letters do not stay behind. A string that nothing ends loses its opening alone: it must not
 * hide what stands behind it. One pass, whatever the text: `stripVTControlCharacters` takes quadratic time for `ESC ;?;?;?…`.
 */
export function cleanText(text: string): string {
  const first = text.search(unsafe);
  if (first === -1) return text;
  let clean = text.slice(0, first);
  let kept = first;
  for (let at = first; at < text.length;) {
    if (!isUnsafe(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    clean += text.slice(kept, at);
    if (text.charCodeAt(at) === 0x0d) {
      clean += '\n';
      at += text.charCodeAt(at + 1) === 0x0a ? 2 : 1;
    } else at = endOfControl(text, at);
    kept = at;
  }
  return clean + text.slice(kept);
}

/** As {@link cleanText}, on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** As {@link cleanText}, on one line that is as wide as before: for text that is laid out already. */
export function cleanCell(text: string): string {
  return cleanText(text).replace(/[\n\t\u2028\u2029]/g, ' ');
}

function isUnsafe(code: number): boolean {
  if (code < 0x20) return code !== 0x09 && code !== 0x0a;
  if (code < 0x7f) return false;
  if (code <= 0x9f) return true;
  if (code < 0x200e) return code === 0x61c;
  return code <= 0x200f || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/** Where the sequence that starts at a control character ends. */
function endOfControl(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  if (code === sequence || (code === escape && next === 0x5b))
    return endOfSequence(text, at + (code === escape ? 2 : 1));
  if (code === escape && stringOpeners.has(next)) return endOfString(text, at + 2);
  if (stringOpenersC1.has(code)) return endOfString(text, at + 1);
  if (code !== escape) return at + 1;
  const end = skip(text, at + 1, 0x20, 0x2f);
  return isWithin(text.charCodeAt(end), 0x30, 0x7e) ? end + 1 : end;
}

/** Parameters, intermediate characters and the final one of a control sequence, as far as they are there. */
function endOfSequence(text: string, start: number): number {
  const end = skip(text, skip(text, start, 0x30, 0x3f), 0x20, 0x2f);
  return isWithin(text.charCodeAt(end), 0x40, 0x7e) ? end + 1 : end;
}

/** The end of a control string on its line; its start where it has none. */
function endOfString(text: string, start: number): number {
  let end = start;
  while (end < text.length && !(text.charCodeAt(end) < 0x20 || isWithin(text.charCodeAt(end), 0x7f, 0x9f))) end += 1;
  const code = text.charCodeAt(end);
  if (code === bell || code === stringEnd) return end + 1;
  return code === escape && text.charCodeAt(end + 1) === 0x5c ? end + 2 : start;
}

function skip(text: string, start: number, from: number, to: number): number {
  let end = start;
  while (isWithin(text.charCodeAt(end), from, to)) end += 1;
  return end;
}

/** Whether a code is in a range; the one behind the end of a text is `NaN`, in none. */
function isWithin(code: number, from: number, to: number): boolean {
  return code >= from && code <= to;
}
