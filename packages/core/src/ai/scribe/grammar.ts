import { countWords } from './sentences.ts';

/** A piece of a template. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'options'; readonly options: readonly string[] }
  | { readonly kind: 'list'; readonly name: string; readonly second: boolean; readonly capital: boolean };

interface TemplateSentence {
  readonly parts: readonly Part[];
  /** The number of different texts that its options and lists can make. */
  readonly variants: number;
  /** Whether it is long enough to count as a repetition when it comes twice. */
  readonly counts: boolean;
}

/** A template, ready to be written out in as many different ways as it has. */
export interface Unit {
  /** Its name: the bank and the position in it. */
  readonly id: string;
  /** The template as written. */
  readonly source: string;
  /** How often it can be used in a book so that no sentence of it comes twice. */
  readonly capacity: number;
  /** About how many words it makes. */
  readonly words: number;
  /** The sentences, each with its own parts. */
  readonly sentences: readonly TemplateSentence[];
}

/** Phrases by list name, as a template's `[name]` names them. */
export type Lists = Readonly<Record<string, readonly string[]>>;

const partPattern = /\{([^{}]*)\}|\[([A-Za-z]+?)(2?)\]/gu;

function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of template.matchAll(partPattern)) {
    if (match.index > end) parts.push({ kind: 'text', text: template.slice(end, match.index) });
    const [whole, options, list, second] = match;
    if (options === undefined) {
      const name = list ?? '';
      const first = name.charAt(0);
      parts.push({
        kind: 'list',
        name: first.toLowerCase() + name.slice(1),
        second: second === '2',
        capital: first !== first.toLowerCase(),
      });
    } else {
      // An option may itself hold lists; it is written out later, and counts as one variant.
      parts.push({ kind: 'options', options: options.split('|') });
    }
    end = match.index + whole.length;
  }
  if (end < template.length) parts.push({ kind: 'text', text: template.slice(end) });
  return parts;
}

/** Cuts a template where a sentence ends outside of its options. */
function cutSentences(template: string): string[] {
  const result: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < template.length; index += 1) {
    const character = template[index];
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    const boundary =
      character === '\n' || (character === ' ' && /[.!?…][”]?$/u.test(template.slice(Math.max(0, index - 2), index)));
    if (depth === 0 && boundary) {
      result.push(template.slice(start, index + 1));
      start = index + 1;
    }
  }
  result.push(template.slice(start));
  return result.filter((text) => text.trim() !== '');
}

function sizeOf(part: Part, lists: Lists): number {
  switch (part.kind) {
    case 'text':
      return 1;
    case 'options':
      return part.options.length;
    case 'list':
      return Math.max(1, (lists[part.name]?.length ?? 1) - (part.second ? 1 : 0));
  }
}

/** Slots that stand for many words. */
const longSlot =
  /<(?:goal|conflict|outcome|fact|secret|event|belief|hint|ending|after|clue|obj|give|keep|rivalWant|lostRole|entry|exit)>/giu;

function aboutWords(part: Part, lists: Lists): number {
  switch (part.kind) {
    case 'text':
      return countWords(part.text.replace(longSlot, 'a b c d e f g h i'));
    case 'options':
      return Math.round(
        part.options.reduce((sum, option) => sum + countWords(option.replace(longSlot, 'a b c d e f g h i')), 0) /
          part.options.length,
      );
    case 'list':
      return countWords(lists[part.name]?.[0] ?? 'one');
  }
}

/** Reads a template: `{one|other}` is a choice, `[list]` and `[list2]` take from a list, `<slot>` is filled by the scene. */
export function readUnit(id: string, source: string, lists: Lists): Unit {
  let words = 0;
  let capacity = Number.MAX_SAFE_INTEGER;
  const sentences = cutSentences(source).map((text): TemplateSentence => {
    const parts = partsOf(text);
    const variants = parts.reduce((product, part) => Math.min(1_000_000, product * sizeOf(part, lists)), 1);
    const length = parts.reduce((sum, part) => sum + aboutWords(part, lists), 0);
    words += length;
    // A word less than what counts, because the longest option may be longer than the average one.
    const counts = length >= 4;
    if (counts) capacity = Math.min(capacity, variants);
    return { parts, variants, counts };
  });
  return { id, source, capacity, words, sentences };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** What came out of a template, with the phrases that its lists gave. */
export interface Writing {
  /** The text, slots not yet filled. */
  readonly text: string;
  /** The phrases taken from lists. */
  readonly phrases: readonly string[];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Writes a template out for the `round`-th time. Two rounds below the template's capacity never share a sentence: within each
 * sentence the choices are numbered, and the round walks through the numbers with a stride that meets each of them once.
 */
export function writeUnit(unit: Unit, round: number, salt: number, lists: Lists): Writing {
  const phrases: string[] = [];
  let text = '';
  unit.sentences.forEach((sentence, position) => {
    const total = sentence.variants;
    const offset = (salt + position * 7919) % total;
    let stride = 1 + ((salt >>> 7) % total);
    while (greatestCommonDivisor(stride, total) !== 1) stride += 1;
    let number = (offset + (round % total) * stride) % total;
    const firsts = new Map<string, number>();
    for (const part of sentence.parts) {
      const size = sizeOf(part, lists);
      const digit = number % size;
      number = Math.floor(number / size);
      if (part.kind === 'text') text += part.text;
      if (part.kind === 'options') text += part.options[digit] ?? '';
      if (part.kind === 'list') {
        const list = lists[part.name] ?? [];
        const index = part.second ? ((firsts.get(part.name) ?? 0) + 1 + digit) % list.length : digit;
        if (!part.second) firsts.set(part.name, index);
        const phrase = list[index] ?? '';
        phrases.push(phrase);
        text += part.capital ? capitalised(phrase) : phrase;
      }
    }
  });
  // An option may name a list; its phrase follows the round as well.
  text = text.replace(/\[([A-Za-z]+?)2?\]/gu, (_, name: string) => {
    const list = lists[name.charAt(0).toLowerCase() + name.slice(1)] ?? [''];
    const phrase = list[(salt + round) % list.length] ?? '';
    phrases.push(phrase);
    return name.charAt(0) === name.charAt(0).toLowerCase() ? phrase : capitalised(phrase);
  });
  return { text, phrases };
}
