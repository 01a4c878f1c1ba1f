import { wordsOf, type Words } from './words.ts';

const cross = (format: (a: string, b: string) => string, left: readonly string[], right: readonly string[]): string[] =>
  left.flatMap((a) => right.map((b) => format(a, b)));

const tails = [
  'without hurry',
  'once more',
  'by degrees',
  'very slowly',
  'after all',
  'without a sound',
  'as before',
  'all at once',
];

const likened =
  'a letter,a lantern,a song,a coat,a dog,a guest,a promise,a key,a boat,a candle,a rumour,a child,a ladder,a secret,an uncle,a verdict'.split(
    ',',
  );
const circumstances =
  'in the rain,at the door,left overnight,half remembered,before snow,without an owner,on a staircase,nobody claimed,after dark,come too early,with no address,at low tide,found again'.split(
    ',',
  );

const wise =
  'a locked door,an old debt,a good lie,a slow answer,a straight road,an empty chair,a kind word,a borrowed lamp,a hard winter,a small mercy,a loud promise,a patient question'.split(
    ',',
  );
const sayings =
  'has two sides,costs twice,wants company,remembers everything,is never cheap,travels by night,grows in silence,comes home late,outlives its owner,asks for nothing,keeps odd hours,pays in the end'.split(
    ',',
  );

function widen(words: Words): Readonly<Record<string, readonly string[]>> {
  const pairs = words.smell.flatMap((one, index) => words.smell.slice(index + 1).map((other) => `${one} and ${other}`));
  return {
    sound: cross((noise, source) => `the ${noise} of ${source}`, words.noise, words.source),
    smell: pairs,
    detail: cross((look, thing) => `a ${look} ${thing}`, words.look, words.thing),
    tool: cross((state, tool) => `a ${state} ${tool}`, ['borrowed', 'heavy', 'trusted', 'spare', 'plain'], words.tool),
    task: cross((work, matter) => `${work} ${matter}`, words.work, words.matter),
    weather: cross(
      (sky, tail) => `${sky} ${tail}`,
      cross((sky, moved) => `${sky} ${moved}`, words.sky, words.moved),
      tails,
    ),
    simile: cross((thing, how) => `like ${thing} ${how}`, likened, circumstances),
    lore: cross((thing, says) => `${thing} ${says}`, wise, sayings),
  };
}

const known = new Map<string, Readonly<Record<string, readonly string[]>>>();

/** Many short phrases of the lists that a genre draws on most, so that no phrase has to come often in a long book. */
export function wider(genre: string): Readonly<Record<string, readonly string[]>> {
  let lists = known.get(genre);
  if (lists === undefined) {
    lists = widen(wordsOf(genre));
    known.set(genre, lists);
  }
  return lists;
}
