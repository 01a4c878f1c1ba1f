import { describe, expect, it } from 'vitest';

import { countWords, doublesWord, openingOf, sentenceKey, splitSentences } from '../src/ai/scribe/sentences.ts';
import { writeBook, type Book } from './fiction-support/write-book.ts';

const requests = [
  'Create a story about space exploration',
  "Write a story about a lighthouse keeper's cat",
  'a bank robbery in Lisbon',
  'Write a novel about bees',
  'Tell me about a dragon who runs a bakery',
  'the siege of Vienna',
  'two sisters who run a bakery in Paris',
  'qwfp zxcv brrr',
  'Erzähl mir eine Geschichte über den Wald',
  '???',
];

function proseOf(book: Book): string {
  return book.chapters.map((chapter) => chapter.text).join('\n\n');
}

function sentencesThatComeTwice(book: Book): string[] {
  const seen = new Set<string>();
  return splitSentences(proseOf(book)).filter((sentence) => {
    const key = sentenceKey(sentence);
    if (key.split(' ').length < 6) return false;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

function openingsUsedTooOften(text: string): string[] {
  const counts = new Map<string, number>();
  for (const sentence of splitSentences(text)) {
    if (countWords(sentence) < 3) continue;
    const opening = openingOf(sentence);
    counts.set(opening, (counts.get(opening) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 2).map(([opening]) => opening);
}

/** What no reader should ever see: slots, choices, list names, placeholders, wrong articles, doubled words or marks. */
const traces = [
  /[<>{}[\]|]/u,
  /\b(?:undefined|NaN|null|lorem|ipsum|TODO|placeholder)\b/u,
  /\ba [aeio]\p{L}/u,
  /\ban [bcdfgjklmnpqrstvwxz]/u,
  /\b(?:the the|a the|the a|of of|to to|in in|a a|an an)\b/iu,
  / {2}|\.\.|,,| [,.;:!?]|“”/u,
];

function expectWellMade(book: Book): void {
  expect(sentencesThatComeTwice(book)).toEqual([]);
  for (const chapter of book.chapters) {
    expect(openingsUsedTooOften(chapter.text), `openings of chapter ${chapter.plan.number}`).toEqual([]);
  }
  const text = proseOf(book);
  for (const trace of traces) expect(trace.exec(text)?.[0], String(trace)).toBeUndefined();
  expect(splitSentences(text).filter(doublesWord)).toEqual([]);
  const words = countWords(text);
  expect(Math.abs(words / book.brief.words - 1), `${words} of ${book.brief.words} words`).toBeLessThanOrEqual(0.1);
  expect(new Set(book.chapters.map((chapter) => chapter.plan.title)).size).toBe(book.chapters.length);
  // The people of the book are named in it, and the subject of the request carries it from the first chapter to the last.
  const hero = book.characters.characters.find((person) => person.part === 'hero')?.name.split(' ')[0] ?? '';
  for (const chapter of book.chapters) expect(chapter.text).toContain(hero);
  const { topic } = book.brief;
  const bare = topic.replace(/^the /u, '').replace(/^(?:.* )?(?=\S+$)/u, '');
  expect(text.toLowerCase().split(bare.toLowerCase()).length - 1, `"${bare}" in the text`).toBeGreaterThanOrEqual(
    book.chapters.length,
  );
  for (const [index, chapter] of book.plot.chapters.entries()) {
    if (index > 0) expect(chapter.entry).toBe(book.plot.chapters[index - 1]?.exit);
  }
  for (const { card } of book.chapters.flatMap((chapter) => chapter.scenes)) {
    expect(card.characters.length).toBeGreaterThan(0);
    expect(book.characters.characters.map((person) => person.name)).toEqual(
      expect.arrayContaining([...card.characters]),
    );
  }
}

describe('the laws of a story', () => {
  it.each(requests)('hold at 2,000 words for "%s", whatever the seed', async (request) => {
    for (const seed of [0, 1, 2]) expectWellMade(await writeBook(request, seed, 2000));
  });

  it.each(requests.slice(0, 3))('hold at 20,000 words for "%s"', async (request) => {
    expectWellMade(await writeBook(request, 5, 20_000));
  });

  it.each(requests.slice(1, 3))('hold at 50,000 words for "%s"', async (request) => {
    expectWellMade(await writeBook(request, 11, 50_000));
  });

  it.each([120, 400, 900, 3500, 7500])('hold at %d words', async (words) => {
    expectWellMade(await writeBook('Create a story about space exploration', 4, words));
  });
});

describe('a scene', () => {
  it('is as long as its card says, within a tenth, where the material reaches', async () => {
    const book = await writeBook('a bank robbery in Lisbon', 3, 2000);
    for (const scene of book.chapters.flatMap((chapter) => chapter.scenes)) {
      expect(Math.abs(scene.words / scene.target - 1), scene.card.kind).toBeLessThanOrEqual(0.1);
    }
  });

  it('plays where its card says, with the people its card names', async () => {
    const book = await writeBook("a lighthouse keeper's cat", 1, 2000);
    for (const scene of book.chapters.flatMap((chapter) => chapter.scenes)) {
      for (const name of scene.card.characters) expect(scene.text, scene.card.kind).toContain(name.split(' ')[0]);
    }
  });
});

describe('a book', () => {
  it('is the same for the same request and seed, and another for another seed', async () => {
    const [first, again, other] = [
      await writeBook('dragons', 1),
      await writeBook('dragons', 1),
      await writeBook('dragons', 2),
    ];
    expect(again).toEqual(first);
    expect(proseOf(other)).not.toBe(proseOf(first));
  });

  it('has a beginning that asks and an end that answers', async () => {
    const book = await writeBook('Create a story about space exploration', 1);
    const kinds = book.chapters.flatMap((chapter) => chapter.scenes.map((scene) => scene.card.kind));
    expect(['a sign arrives', 'a stranger brings news', 'the thing in the wall', 'an auction']).toContain(kinds[0]);
    expect(['the way home', 'a year later', 'a bench with a name']).toContain(kinds.at(-1));
    expect(book.chapters[0]?.text).toContain('space exploration');
  });
});
