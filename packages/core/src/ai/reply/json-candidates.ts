// More places than this are no reply but a text about JSON.
const mostCandidates = 50;

/**
 * The places of a text where its JSON value may stand, in the order in which they are tried: the whole text, each fenced
 * block, each balanced `{…}` or `[…]` at the outermost level. Linear in the length of the text.
 */
export function jsonCandidates(text: string): readonly string[] {
  const trimmed = text.trim().replace(/^\uFEFF/, '');
  const all = [trimmed, ...fencedBlocks(trimmed), ...balanced(trimmed)];
  return [...new Set(all.filter((candidate) => candidate !== ''))].slice(0, mostCandidates);
}

function fencedBlocks(text: string): readonly string[] {
  const blocks: string[] = [];
  for (let at = text.indexOf('```'); at >= 0 && blocks.length < mostCandidates;) {
    const line = text.indexOf('\n', at);
    if (line < 0) break;
    const end = text.indexOf('```', line);
    // A block that a model has forgotten to close goes to the end.
    blocks.push(text.slice(line + 1, end < 0 ? text.length : end).trim());
    at = end < 0 ? -1 : text.indexOf('```', end + 3);
  }
  return blocks;
}

/** Each outermost pair of brackets with what is between. A bracket that is never closed ends the search: what it holds was cut. */
function balanced(text: string): readonly string[] {
  const found: string[] = [];
  let from = nextBracket(text, 0);
  while (from >= 0 && found.length < mostCandidates) {
    const end = closing(text, from);
    if (end === undefined) {
      // What stands behind prose such as “[sic” may still be whole.
      from = nextBracket(text, from + 1);
      if (found.length > 0 || from < 0) break;
      const rest = closing(text, from);
      if (rest === undefined) break;
      found.push(text.slice(from, rest));
      break;
    }
    found.push(text.slice(from, end));
    from = nextBracket(text, end);
  }
  return found;
}

function nextBracket(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === '{' || text[at] === '[') return at;
  return -1;
}

// Quotes hide brackets. A single quote opens a text only where a value or a name may stand: elsewhere it is an apostrophe.
function closing(text: string, from: number): number | undefined {
  let depth = 0;
  let quote = '';
  let before = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) {
        quote = '';
        before = character;
      }
      continue;
    }
    if (character === '"' || (character === "'" && '{[,:'.includes(before))) quote = character;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    if (character.trim() !== '') before = character;
  }
  return undefined;
}
