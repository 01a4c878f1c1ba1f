import { outlineStory, type OutlineScene } from './outline.ts';
import { fullName, phrase, sceneOf, sentence } from './phrases.ts';
import { pick, seededRandom } from './random.ts';
import { fixArticles, theClue, type Scene } from './slots.ts';
import type { Person, Story } from './story.ts';

function firstScene(story: Story): Scene {
  return sceneOf(story, outlineStory(story)[0] as OutlineScene);
}

/** The premise. */
export function writePremise(story: Story): Record<string, unknown> {
  const scene = firstScene(story);
  const { hero, ally, rival, lost } = story.people;
  const { quest } = story;
  const say = (text: string): string => phrase(text, scene);
  return {
    logline: fixArticles(
      `${fullName(hero)}, a ${hero.role} in ${story.town}, follows the trail of ${lost.name}, ${quest.lostRole}, into the truth about ${story.brief.topic}, while ${fullName(rival)}, the ${rival.role}, means ${say('<rivalWant>')}.`,
    ),
    premise: [
      sentence(`Years ago ${say('<event>')}`),
      sentence(`Everybody believes that ${say('<belief>')}`),
      `Then ${scene.clue} arrives, in the hand of ${lost.name}, and ${hero.name} and ${ally.name} set out to find ${quest.object}.`,
    ].join(' '),
    question: `What became of ${lost.name}, and who should have ${quest.object}?`,
    stakes: `If ${rival.name} wins, ${rival.name} will be free ${say('<rivalWant>')}; if ${hero.name} wins, ${hero.name} must still choose whether ${say('<give>')} or ${say('<keep>')}.`,
    theme: `What ${story.brief.topic} asks of the people who come close to it, and what they owe to each other.`,
    ending: sentence(say('<ending>')),
    setting: `${story.town}: ${story.places
      .slice(0, 3)
      .map((place) => place.name)
      .join(', ')} and ${story.finalPlace.name}.`,
  };
}

const wants: Readonly<Record<Person['part'], readonly [string, string, string]>> = {
  hero: [
    'to know what really happened',
    'finding out that nobody was waiting for the answer',
    'plain, dry, stops short of the important word',
  ],
  ally: ['to be of use and not to be thanked for it', 'being left behind with the bags', 'jokes first, truth after'],
  rival: [
    'to have it closed for good',
    'being the one who was not asked',
    'courteous, complete sentences, never raises the voice',
  ],
  mentor: [
    'to be asked before it is too late',
    'having been wrong all those years ago',
    'slow, concrete, changes the subject to bread',
  ],
  lost: ['to be found by the right person', 'being followed too soon', 'gentle, exact, fond of small jokes'],
  other: ['to get through the week', 'strangers who ask twice', 'guarded until fed'],
};

/** The characters. */
export function writeCharacters(story: Story): Record<string, unknown> {
  const { people } = story;
  return {
    characters: [people.hero, people.ally, people.rival, people.mentor, people.lost, ...story.others].map((person) => {
      const [wantsText, fears, voice] = wants[person.part];
      return {
        name: fullName(person),
        part: person.part,
        role: person.role,
        pronouns: person.pronoun === 'she' ? 'she/her' : 'he/him',
        wants: wantsText,
        fears,
        voice,
      };
    }),
  };
}

/** The places. */
export function writeSettings(story: Story): Record<string, unknown> {
  return {
    world: story.town,
    places: [...story.places, story.finalPlace].map((place) => ({
      name: place.name,
      preposition: place.at,
      details: place.details,
      mood: sentence(
        `${pick(story.genre.lists.sound, seededRandom(`${story.seed}|${place.name}`))} and the smell of ${pick(story.genre.lists.smell, seededRandom(`${place.name}|${story.seed}`))}`,
      ),
    })),
  };
}

/** The voice sheet. */
export function writeStyle(story: Story): Record<string, unknown> {
  return {
    tense: 'past',
    pov: `third person, close to ${story.people.hero.name}`,
    diction: 'plain words, concrete nouns, few adjectives',
    sentences: 'short and long by turns; no opening more than twice in a chapter',
    dialogue: 'quick exchanges with little attribution; people answer beside the question',
    motifs: [story.brief.motif, theClue(firstScene(story).clue), story.quest.object],
    avoid: ['suddenly', 'very unique', 'explaining a joke', 'summing up a feeling that was just shown'],
  };
}

/** The title. */
export function writeTitle(story: Story): Record<string, unknown> {
  const random = seededRandom(`${story.seed}|title`);
  const bare = story.brief.topic.replace(/^the /u, '');
  const name = bare
    .split(' ')
    .map((word, index) =>
      index > 0 && /^(?:of|the|a|an|and|in|on|at|to|for)$/u.test(word)
        ? word
        : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
  const titled = bare === story.brief.topic ? name : `the ${name}`;
  const long = bare.split(' ').length > 4;
  const own = story.genre.titles;
  const patterns = long
    ? [...own]
    : [
        pick(own, random),
        `${story.people.lost.name} and the Question of ${titled}`,
        `What ${story.people.lost.name} Knew about ${titled}`,
        `The Last Word on ${titled}`,
        `The Other Side of ${titled}`,
        `The Trouble with ${titled}`,
        `In the Matter of ${titled}`,
        `A True Account of ${titled}`,
        `The Weight of ${titled}`,
      ];
  return { title: pick(patterns, random) };
}
