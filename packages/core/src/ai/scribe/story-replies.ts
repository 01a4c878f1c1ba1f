import { outlineStory, type OutlineScene } from './outline.ts';
import { hashText, pick, seededRandom } from './random.ts';
import { fill, fixArticles, theClue, toPlace, type Scene } from './slots.ts';
import type { Person, Story } from './story.ts';

const nobody = { name: '', since: 9 };

/** What the slots of an outlined scene stand for. */
export function sceneOf(story: Story, entry: OutlineScene, texts: Readonly<Record<string, string>> = {}): Scene {
  const spot =
    entry.place.details[hashText(`${story.seed}|${entry.chapter}|${entry.scene}`) % entry.place.details.length] ??
    'the door';
  return {
    story,
    place: entry.place,
    next: entry.next,
    partner: entry.partner,
    clue: entry.clue,
    texts: { spot, fact: entry.fact, ...texts },
  };
}

/** Fills a phrase outside of a running text: names instead of pronouns at the first mention. */
export function phrase(text: string, scene: Scene): string {
  const filled = fill(text, scene, nobody)?.text ?? '';
  return /^[A-Z]/u.test(text) || text.startsWith('<') ? lowerUnlessName(filled, scene) : filled;
}

function lowerUnlessName(text: string, scene: Scene): string {
  const first = text.split(/[\s’,]/u)[0] ?? '';
  const { people } = scene.story;
  const names = [...Object.values(people), ...scene.story.others].map((person) => person.name);
  return names.includes(first) || first === scene.story.town.split(' ')[0]
    ? text
    : text.charAt(0).toLowerCase() + text.slice(1);
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/u.test(text) ? '' : '.'}`;
const fullName = (person: Person): string => (person.surname === '' ? person.name : `${person.name} ${person.surname}`);

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

const holdings: Readonly<Record<string, readonly string[]>> = {
  start: ['it was an ordinary week, and nobody was looking for anything'],
  trail: [
    '<theclue> was safe, and the next answer lay <in Q>',
    '<H!> had <theclue>, one direction and no proof',
    'two things were certain: <theclue> was genuine, and the road led <to Q>',
    '<L> had been there before them, and <theclue> said so',
    'they were one step ahead, with <theclue> to show for it and <Q> to reach',
  ],
  pressure: [
    '<R> knew how far they had come, and <Q> was all that was left to try',
    'there was no safe way back any more, only the way <to Q>',
    '<R> was close, <theclue> was known to both sides, and whoever came first <to Q> would have the rest',
    'it had stopped being a search and become a race <to Q>',
    '<H!> and <R> both knew now what the other wanted, and neither would stop before <Q>',
  ],
  turn: [
    'the old story about <L> was dead, and nobody outside the room knew it yet',
    'everything they had found so far meant the opposite of what they had thought',
    'nobody could call it an accident any more, and only two people knew that',
  ],
  loss: [
    '<H!> had nothing left but one scrap, and it pointed <to Q>',
    'there was nobody left to ask, and one place left to go',
    '<R> had everything except the one thing nobody had thought worth taking',
  ],
  truth: [
    '<H!> knew the truth about <L>, and <R> was on the way',
    '<obj> was found, and the hard part was still to come',
    'there was nothing left to find out, and everything left to decide',
  ],
  choice: [
    'the choice was made, and nothing was left but to live with it',
    'it was out, and nobody could put it back',
    '<R> had lost, and <H!> had gained nothing that could be counted',
  ],
  return: [
    'the question was answered, and the answer belonged to everybody',
    '<L> had come home, as far as the lost can',
    'there was nothing left to look for, and a good deal to do',
  ],
  call: [
    '<theclue> had come, and <H!> had not thrown it away',
    'the question had been asked, and it had <H!> for an address',
  ],
  commit: [
    'the bags were packed, and <R> was not to know',
    'they had told nobody where they were going, least of all <R>',
    'turning back had become the harder thing',
  ],
};

/** The state of things after a scene. */
function stateAfter(story: Story, entry: OutlineScene): string {
  const choices = holdings[entry.situation.stage] ?? holdings['trail'] ?? [];
  const scene = sceneOf(story, entry);
  const start = hashText(`${story.seed}|state`) + entry.chapter;
  for (let index = 0; index < choices.length; index += 1) {
    const text = fill(choices[(start + index) % choices.length] ?? '', scene, nobody)?.text;
    if (text !== undefined) return lowerUnlessName(text, scene);
  }
  return `${story.people.hero.name} was nearer to ${story.quest.object} than before`;
}

/** The scenes of each chapter, in order. */
function byChapter(story: Story): OutlineScene[][] {
  const outline = outlineStory(story);
  return story.brief.scenes.map((_, index) => outline.filter((entry) => entry.chapter === index + 1));
}

function chapterTitles(chapters: readonly (readonly OutlineScene[])[], story: Story): string[] {
  const used = new Set<string>();
  return chapters.map((scenes, index) => {
    const main = scenes.at(-1);
    const options = [main, ...scenes].flatMap((entry) =>
      entry === undefined
        ? []
        : entry.situation.titles.map(
            (_, at) =>
              entry.situation.titles[
                (at + entry.use[0] + hashText(story.seed)) % entry.situation.titles.length
              ] as string,
          ),
    );
    const title = options
      .map((option) => option.replace('<E>', story.people.mentor.name))
      .find((option) => !used.has(option));
    const chosen = title ?? `${titleCase(scenes[0]?.place.name ?? 'the road')}, Again (${index + 1})`;
    used.add(chosen);
    return chosen;
  });
}

function titleCase(text: string): string {
  return text.replace(/(^|\s)(\p{Ll})/gu, (_, space: string, letter: string) => space + letter.toUpperCase());
}

const purposes: Readonly<Record<string, string>> = {
  call: 'opens the question',
  commit: 'makes turning back impossible',
  trail: 'brings the search one step on',
  turn: 'turns the meaning of everything so far',
  pressure: 'raises the price',
  loss: 'takes everything away',
  truth: 'gives the answer',
  choice: 'asks what the answer is worth',
  return: 'brings it home',
};

function titleParts(text: string): string {
  return sentence(text);
}

/** The plot: chapter by chapter, with the state in which each begins and ends. */
export function writePlot(story: Story): Record<string, unknown> {
  const chapters = byChapter(story);
  const titles = chapterTitles(chapters, story);
  let entry = holdings['start']?.[0] ?? '';
  return {
    arc: 'A sign, a decision, a trail, a reversal, a loss, the truth, a choice, the way home.',
    chapters: chapters.map((scenes, index) => {
      const last = scenes.at(-1) as OutlineScene;
      const exit = stateAfter(story, last);
      const result = {
        number: index + 1,
        title: titles[index] ?? '',
        purpose: sentence(purposes[last.situation.stage] ?? 'goes on'),
        entry,
        exit,
        events: scenes.map((scene) => titleParts(phrase(scene.situation.outcome, sceneOf(story, scene)))),
        places: [...new Set(scenes.map((scene) => scene.place.name))],
      };
      entry = exit;
      return result;
    }),
  };
}

/** The plan of one chapter: its scene cards. */
export function writeChapter(story: Story, chapter: number): Record<string, unknown> | undefined {
  const chapters = byChapter(story);
  const scenes = chapters[chapter - 1];
  if (scenes === undefined) return undefined;
  const title = chapterTitles(chapters, story)[chapter - 1] ?? '';
  return {
    title,
    summary: scenes.map((entry) => sentence(phrase(entry.situation.outcome, sceneOf(story, entry)))).join(' '),
    scenes: scenes.map((entry) => {
      const scene = sceneOf(story, entry);
      const say = (text: string): string => phrase(text, scene);
      return {
        kind: entry.situation.id,
        goal: say(entry.situation.goal),
        conflict: say(entry.situation.conflict),
        outcome: say(entry.situation.outcome),
        place: entry.place.name,
        leadsTo: entry.next === undefined ? '' : toPlace(entry.next),
        characters: [story.people.hero, ...(entry.partner === undefined ? [] : [entry.partner])].map(fullName),
        object: fixArticles(entry.clue),
        learns: say(entry.fact),
        motifs: [scene.texts['spot'] ?? '', theClue(entry.clue)],
      };
    }),
  };
}
