import { listOf, readJson, recordOf, textOf, type Sections } from './sections.ts';
import { makeStory, type Part, type Person, type Story, type StoryBrief } from './story.ts';

/** The brief of a prompt; `undefined` when it has none. */
function readBrief(sections: Sections): StoryBrief | undefined {
  const brief = recordOf(readJson(sections, 'brief'));
  const topic = textOf(brief['topic']);
  const chapters = listOf(brief['chapters']).map(recordOf);
  if (topic === undefined || chapters.length === 0) return undefined;
  return {
    topic,
    motif: textOf(brief['motif']) ?? topic,
    creature: brief['creature'] === true,
    genre: textOf(brief['genre']) ?? 'city',
    place: textOf(brief['place']),
    role: textOf(brief['role']),
    scenes: chapters.map((chapter) => Math.max(1, listOf(chapter['scenes']).length)),
    words: typeof brief['words'] === 'number' ? brief['words'] : 2000,
  };
}

const partNames: ReadonlySet<string> = new Set(['hero', 'ally', 'rival', 'mentor', 'lost', 'other']);

/** The people of a prompt's `<characters>`, as far as they can be read. */
function readPeople(sections: Sections): Person[] {
  return listOf(recordOf(readJson(sections, 'characters'))['characters'])
    .map(recordOf)
    .map((entry) => {
      const [name = '', ...rest] = (textOf(entry['name']) ?? '').split(' ');
      const part = textOf(entry['part']) ?? 'other';
      return {
        name,
        surname: rest.join(' '),
        pronoun: (textOf(entry['pronouns']) ?? 'she').startsWith('he') ? ('he' as const) : ('she' as const),
        role: textOf(entry['role']) ?? 'neighbour',
        part: (partNames.has(part) ? part : 'other') as Part,
      };
    })
    .filter((person) => person.name !== '');
}

/** The story that a prompt belongs to. Characters that the prompt names win over those that the scribe would have made. */
export function readStory(sections: Sections, seedText: string): Story | undefined {
  const brief = readBrief(sections);
  if (brief === undefined) return undefined;
  const story = makeStory(brief, seedText);
  const people = readPeople(sections);
  const find = (part: Part): Person => people.find((person) => person.part === part) ?? story.people[part as 'hero'];
  const others = people.filter((person) => person.part === 'other');
  return {
    ...story,
    people: {
      hero: find('hero'),
      ally: find('ally'),
      rival: find('rival'),
      mentor: find('mentor'),
      lost: find('lost'),
    },
    others: others.length === 0 ? story.others : others,
  };
}
