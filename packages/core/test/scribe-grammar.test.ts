import { describe, expect, it } from 'vitest';

import { banks } from '../src/ai/scribe/banks/index.ts';
import { readUnit, writeUnit, type Lists, type Unit } from '../src/ai/scribe/grammar.ts';
import { outlineStory } from '../src/ai/scribe/outline.ts';
import { countWords, openingOf, sentenceKey, splitSentences } from '../src/ai/scribe/sentences.ts';
import { situationsOf } from '../src/ai/scribe/situations/index.ts';
import { fill, fixArticles, theClue, type Scene } from '../src/ai/scribe/slots.ts';
import { sceneOf } from '../src/ai/scribe/phrases.ts';
import { makeStory, type Story } from '../src/ai/scribe/story.ts';

const genres = ['space', 'sea', 'mystery', 'fantasy', 'city', 'history', 'nature'];
const stages = ['call', 'commit', 'trail', 'turn', 'pressure', 'loss', 'truth', 'choice', 'return'] as const;
const nobody = { name: '', since: 9 };

const templates: readonly (readonly [string, string])[] = [
  ...Object.entries(banks).flatMap(([bank, list]) =>
    list.map((source, index) => [`${bank}-${index}`, source] as const),
  ),
  ...stages.flatMap((stage) =>
    situationsOf(stage).flatMap((situation) =>
      situation.beats.map((source, index) => [`${situation.id}-${index}`, source] as const),
    ),
  ),
];

function storyOf(genre: string): Story {
  return makeStory(
    {
      topic: 'the cat',
      motif: 'the cat',
      creature: true,
      genre,
      scenes: Array.from({ length: 10 }, () => 3),
      words: 20_000,
    },
    'test',
  );
}

function sceneIn(story: Story): Scene {
  const entry = outlineStory(story)[10];
  if (entry === undefined) throw new Error('Expected the outline to have eleven scenes');
  const texts = {
    goal: 'to get away',
    conflict: 'the door was shut',
    outcome: 'they got away',
    fact: 'it had been false',
    entry: 'all was well',
    exit: 'all was lost',
  };
  return { ...sceneOf(story, entry, texts), partner: story.people.ally, next: story.places[3] };
}

/** All forms of each long sentence of a template, up to a bound, lists by their names. */
function formsOf(unit: Unit): Set<string> {
  const forms = new Set<string>();
  for (const sentence of unit.sentences.filter((one) => one.counts)) {
    let texts = [''];
    for (const part of sentence.parts) {
      const options = part.kind === 'text' ? [part.text] : part.kind === 'options' ? part.options : [`[${part.name}]`];
      texts = texts.flatMap((text) => options.map((option) => text + option)).slice(0, 2000);
    }
    for (const text of texts)
      forms.add(
        text
          .toLowerCase()
          .replace(/<h!?>/gu, '<h>')
          .replace(/[^a-z<>[\] ]/gu, '')
          .trim(),
      );
  }
  return forms;
}

describe('the grammar', () => {
  it.each(genres)('writes every template out, in every round, with the words of %s', (genre) => {
    const story = storyOf(genre);
    const scene = sceneIn(story);
    const problems: string[] = [];
    const odd = /[<>{}[\]|]|\b(?:the the|a the|the a|of of|undefined)\b| [,.]|\ba [aeio]\p{L}/u;
    for (const [id, source] of templates) {
      const unit = readUnit(id, source, story.lists);
      let usable = 0;
      for (let round = 0; round < Math.min(unit.capacity, 12); round += 1) {
        const text = fill(writeUnit(unit, round, 12_345, story.lists).text, scene, nobody)?.text;
        if (text === undefined || odd.test(text)) problems.push(`${id}: ${text}`);
        const openings = splitSentences(text ?? '')
          .filter((sentence) => countWords(sentence) >= 3)
          .map(openingOf);
        if (new Set(openings).size === openings.length) usable += 1;
      }
      if (usable === 0) problems.push(`${id} opens two of its own sentences alike`);
    }
    expect(problems).toEqual([]);
  });

  it('never writes a sentence twice within the capacity of a template', () => {
    const story = storyOf('sea');
    const scene = { ...sceneIn(story), texts: { ...sceneIn(story).texts, spot: 'the door' } };
    const problems: string[] = [];
    for (const [id, source] of templates) {
      const unit = readUnit(id, source, story.lists);
      const seen = new Set<string>();
      for (let round = 0; round < Math.min(unit.capacity, 60); round += 1) {
        const text = fill(writeUnit(unit, round, 777, story.lists).text, scene, nobody)?.text ?? '';
        for (const key of splitSentences(text).map(sentenceKey)) {
          if (key.split(' ').length < 6) continue;
          if (seen.has(key)) problems.push(`${id}: ${key}`);
          seen.add(key);
        }
      }
    }
    expect(problems).toEqual([]);
  });

  it('has no sentence in two templates', () => {
    const lists: Lists = {};
    const owners = new Map<string, string>();
    const problems: string[] = [];
    for (const [id, source] of templates) {
      for (const form of formsOf(readUnit(id, source, lists))) {
        if ((owners.get(form) ?? id) !== id) problems.push(`${form}: in ${id} and ${owners.get(form)}`);
        owners.set(form, id);
      }
    }
    expect(problems).toEqual([]);
  });
});

describe('articles', () => {
  it.each([
    ['a apple', 'an apple'],
    ['an hotel', 'a hotel'],
    ['a hour', 'an hour'],
    ['an university', 'a university'],
    ['a unfinished map', 'an unfinished map'],
    ['an one-armed man', 'a one-armed man'],
    ['A honest answer', 'An honest answer'],
    ['a “open” door', 'an “open” door'],
  ])('turn "%s" into "%s"', (before, after) => {
    expect(fixArticles(before)).toBe(after);
  });
});

describe('a clue', () => {
  it.each([
    ['a banknote out of sequence', 'the banknote'],
    ['a folded bill of lading with nothing on it but a time', 'the folded bill of lading'],
    ['a letter written in lemon juice', 'the letter'],
    ['an envelope', 'the envelope'],
  ])('is called by its short name: %s', (clue, short) => {
    expect(theClue(clue)).toBe(short);
  });
});
