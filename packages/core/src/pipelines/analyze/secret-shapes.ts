/** Where a secret stands in a text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Private keys in PEM form: from a first line to its last line, or to the end of the text where that is missing. */
export function* privateKeysIn(text: string): Generator<Place> {
  const first = /-----BEGIN (?:[A-Z]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
  const last = /-----END (?:[A-Z]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
  for (let match = first.exec(text); match !== null; match = first.exec(text)) {
    last.lastIndex = first.lastIndex;
    const closed = last.exec(text) !== null;
    const end = closed ? last.lastIndex : text.length;
    yield { start: match.index, end };
    if (!closed) return;
    first.lastIndex = end;
  }
}

const longEnough = 10;

/**
 * JSON Web Tokens: three parts with dots between, of which the first two are JSON objects in base64. Each word of the text is looked at
 * once, since in one pattern every `eyJ` of a long word would be a beginning of its own.
 */
export function* webTokensIn(text: string): Generator<Place> {
  for (const word of text.matchAll(/[\w.-]+/g)) {
    if (!word[0].includes('.eyJ')) continue;
    const parts = word[0].split('.');
    let at = word.index;
    for (let index = 0; index + 2 < parts.length; index += 1) {
      const [head = '', body = '', signature = ''] = parts.slice(index, index + 3);
      const start = /\beyJ[\w-]{10}/.exec(head)?.index;
      if (
        start !== undefined &&
        body.startsWith('eyJ') &&
        body.length >= 3 + longEnough &&
        signature.length >= longEnough
      ) {
        yield { start: at + start, end: at + head.length + body.length + signature.length + 2 };
        at += head.length + body.length + 2;
        index += 2;
        at += signature.length + 1;
        continue;
      }
      at += head.length + 1;
    }
  }
}
