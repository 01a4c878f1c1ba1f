/** A reply without what is not for the reader. */
export interface CleanReply {
  /** What was written for the reader. */
  readonly text: string;
  /** The model's thoughts, where it showed them. */
  readonly reasoning: string;
}

// How models mark thoughts in their text, by the marks of their templates.
const blocks: readonly { readonly open: string; readonly close: string }[] = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '<thought>', close: '</thought>' },
  { open: '<thoughts>', close: '</thoughts>' },
  { open: '<reasoning>', close: '</reasoning>' },
  { open: '<reflection>', close: '</reflection>' },
  { open: '<seed:think>', close: '</seed:think>' },
  { open: '[think]', close: '[/think]' },
  { open: '◁think▷', close: '◁/think▷' },
  { open: '<|channel|>analysis<|message|>', close: '<|end|>' },
  { open: '<|channel|>commentary<|message|>', close: '<|end|>' },
  { open: '<|start_thinking|>', close: '<|end_thinking|>' },
];

// Marks of chat templates that a server has not taken off.
const heads: readonly string[] = [
  '<|start|>assistant',
  '<|channel|>final<|message|>',
  '<|im_start|>assistant',
  '<|im_start|>',
  '<|start_header_id|>assistant<|end_header_id|>',
  '<|assistant|>',
  '<|begin_of_text|>',
  '<|start_response|>',
  '<s>',
];
const tails: readonly string[] = [
  '<|im_end|>',
  '<|eot_id|>',
  '<|end|>',
  '<|return|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<|end_response|>',
  '<end_of_turn>',
  '</s>',
];

const longestMark = Math.max(...[...blocks.map(({ open }) => open), ...heads].map(({ length }) => length));

/**
 * Takes thoughts and marks of chat templates off a reply: blocks of thoughts at its start, what stands before a closing
 * mark whose opening one the template has eaten, special tokens at both ends. What stands in the middle of a text stays.
 */
export function cleanReply(reply: string): CleanReply {
  const { at, reasoning } = opening(reply, true);
  let text = at === 0 ? reply : reply.slice(at);
  let thoughts = reasoning;
  const unopened = unopenedThought(text);
  if (unopened !== undefined) {
    thoughts += text.slice(0, unopened.start);
    const rest = opening(text.slice(unopened.end), true);
    thoughts += rest.reasoning;
    text = text.slice(unopened.end + rest.at);
  }
  return { text: withoutTail(text), reasoning: thoughts.trim() };
}

/** Takes the thoughts at the start off a reply that is being written. */
export class ReasoningFilter {
  #held = '';
  #passed = false;

  /** Takes a piece and returns what of it is for the reader. */
  push(piece: string): string {
    if (this.#passed) return piece;
    this.#held += piece;
    const { at, open } = opening(this.#held, false);
    if (open) return '';
    this.#passed = true;
    const text = this.#held.slice(at);
    this.#held = '';
    return text;
  }

  /** The reply has ended: what was held back because it might have become a mark. */
  end(): string {
    if (this.#passed) return '';
    this.#passed = true;
    const text = this.#held.slice(opening(this.#held, true).at);
    this.#held = '';
    return text;
  }
}

interface Opening {
  /** Where the reader's text begins. */
  readonly at: number;
  readonly reasoning: string;
  /** Whether a block is not closed yet, or a mark may still be coming. */
  readonly open: boolean;
}

function opening(reply: string, whole: boolean): Opening {
  let at = 0;
  let reasoning = '';
  for (;;) {
    const start = pastSpace(reply, at);
    const rest = reply.slice(start, start + longestMark).toLowerCase();
    const head = heads.find((mark) => rest.startsWith(mark));
    if (head !== undefined && !blocks.some(({ open }) => open.startsWith(head) && rest.startsWith(open))) {
      at = pastNewline(reply, start + head.length);
      continue;
    }
    const block = blocks.find(({ open }) => rest.startsWith(open));
    if (block === undefined) {
      const coming = !whole && [...heads, ...blocks.map(({ open }) => open)].some((mark) => mark.startsWith(rest));
      return { at: at === 0 ? 0 : start, reasoning, open: coming };
    }
    const inside = start + block.open.length;
    const end = indexOfMark(reply, block.close, inside);
    // A thought that never ends is all that there is: no text came.
    if (end < 0) return { at: reply.length, reasoning: reasoning + reply.slice(inside), open: !whole };
    reasoning += `${reply.slice(inside, end).trim()}\n`;
    at = end + block.close.length;
  }
}

function unopenedThought(text: string): { readonly start: number; readonly end: number } | undefined {
  const found = blocks
    .filter(({ close }) => close.startsWith('</'))
    .map(({ open, close }) => ({ open, close, start: indexOfMark(text, close, 0) }))
    .find(({ open, start }) => start >= 0 && !text.slice(0, start).toLowerCase().includes(open));
  return found === undefined ? undefined : { start: found.start, end: found.start + found.close.length };
}

function indexOfMark(text: string, mark: string, from: number): number {
  // Marks are ASCII or without case, so that both texts have the same places but for a few letters, which are compared.
  const exact = text.indexOf(mark, from);
  if (exact >= 0) return exact;
  const upper = text.indexOf(mark.toUpperCase(), from);
  return upper >= 0
    ? upper
    : text.indexOf(
        mark.replace(/[a-z]/, (letter) => letter.toUpperCase()),
        from,
      );
}

function pastSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at).trim() === '') at += 1;
  return at;
}

function pastNewline(text: string, from: number): number {
  return text[from] === '\n' ? from + 1 : from;
}

function withoutTail(text: string): string {
  let end = text.length;
  for (let found = true; found;) {
    found = false;
    const upTo = text.slice(Math.max(0, end - 64), end).trimEnd();
    const mark = tails.find((tail) => upTo.endsWith(tail));
    if (mark === undefined) continue;
    found = true;
    end = text.lastIndexOf(mark, end - 1);
  }
  return end === text.length ? text : text.slice(0, end).trimEnd();
}
