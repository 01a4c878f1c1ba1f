import stringWidth from 'string-width';

/** Cuts a text to a number of terminal columns. */
export function cutWidth(text: string, columns: number, more = '…'): string {
  if (stringWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  let width = stringWidth(more);
  if (width > columns) return '';
  let result = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    const next = width + stringWidth(segment);
    if (next > columns) break;
    result += segment;
    width = next;
  }
  return result + more;
}

/** Fills a text with spaces to a number of terminal columns. */
export function padWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}

/** Folds a text into lines of a number of terminal columns, at spaces where there are some. */
export function fold(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (stringWidth(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (stringWidth(line) > columns) {
      const head = cutWidth(line, columns, '');
      if (head === '') break;
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** As many facts as fit, the first ones first; one that does not fit is left out rather than cut. */
export function factsThatFit(facts: readonly string[], between: string, columns: number): string {
  let text = facts[0] ?? '';
  for (const fact of facts.slice(1)) {
    const longer = `${text}${between}${fact}`;
    if (stringWidth(longer) <= columns) text = longer;
  }
  return text;
}

/**
 * A text behind a head, as wide as the head is or wider: later lines stand under the first one's text. A word that fits no line is left to
 * the terminal, which folds it without breaking it: a path is there to be copied.
 */
export function hanging(
  head: string,
  text: string,
  columns: number,
  paint: (text: string) => string = (same) => same,
): string {
  const indent = stringWidth(head);
  const room = Math.max(16, columns - indent - 1);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(joined) > room) {
      lines.push(line);
      line = word;
    } else line = joined;
  }
  return [...lines, line].map((each, at) => `${at === 0 ? head : ' '.repeat(indent)}${paint(each)}`).join('\n');
}

/** A name and what is said of it, folded to a number of terminal columns: later lines stand under the first one's text. */
export function labelled(
  name: string,
  text: string,
  layout: { readonly label: number; readonly columns: number; readonly paint?: ((text: string) => string) | undefined },
): readonly string[] {
  const { label, columns, paint = (same) => same } = layout;
  const indent = label + 3;
  return fold(text, Math.max(16, columns - indent - 1)).map(
    (line, index) => `${index === 0 ? `  ${name} ` : ' '.repeat(indent)}${paint(line)}`,
  );
}
