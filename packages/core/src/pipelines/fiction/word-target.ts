const defaultStory = 2000;
const defaultNovel = 20_000;
const least = 50;
const most = 500_000;

const numberWords: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  eighty: 80,
};

const spelled = Object.keys(numberWords).join('|');
// Every count has an end: a request may be any text of any length.
const digits = /(\d{1,3}(?:[,. _]\d{3}){1,4}|\d{1,15}(?:[.,]\d{1,6})?)\s{0,8}(k|thousand)?[\s-]{0,8}words?\b/iu;
const inWords = new RegExp(
  `\\b(${spelled}|a)[\\s-]{1,8}(hundred|thousand)(?:[\\s-]{1,8}words?|\\s{0,8}-?\\s{0,8}word)\\b`,
  'iu',
);

/** How many words a request names ("5000 words", "20k words", "two thousand words"); `undefined` when it names none. */
export function namedWords(text: string): number | undefined {
  const clamp = (words: number): number => Math.min(most, Math.max(least, Math.round(words)));
  const figure = digits.exec(text);
  if (figure !== null) {
    const raw = figure[1] ?? '';
    const grouped = /^\d{1,3}(?:[,. _]\d{3})+$/u.test(raw);
    const value = Number(grouped ? raw.replace(/[,. _]/gu, '') : raw.replace(',', '.'));
    return clamp(figure[2] === undefined ? value : value * 1000);
  }
  const said = inWords.exec(text);
  if (said === null) return undefined;
  return clamp((numberWords[(said[1] ?? '').toLowerCase()] ?? 1) * (said[2]?.toLowerCase() === 'hundred' ? 100 : 1000));
}

/** How long a story a request asks for, in words: what it says, else 20,000 for a novel and 2,000 for anything else. */
export function readWordTarget(text: string): number {
  const named = namedWords(text);
  if (named !== undefined) return named;
  return /\bnovels?\b(?!\s+(?:idea|approach|way|method|solution))/iu.test(text) ? defaultNovel : defaultStory;
}

/** How many chapters a request asks for; `undefined` when it does not say. */
export function readChapterCount(text: string): number | undefined {
  const match = new RegExp(`\\b(\\d{1,2}|${spelled})[\\s-]{1,8}chapters?\\b`, 'iu').exec(text);
  if (match === null) return undefined;
  const value = numberWords[(match[1] ?? '').toLowerCase()] ?? Number(match[1]);
  return value >= 1 ? Math.min(60, value) : undefined;
}
