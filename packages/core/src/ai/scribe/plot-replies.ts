import { outlineStory, type OutlineScene } from './outline.ts';
import { fullName, lowerUnlessName, nobody, phrase, sceneOf, sentence } from './phrases.ts';
import { hashText } from './random.ts';
import { fill, fixArticles, theClue, toPlace } from './slots.ts';
import type { Story } from './story.ts';

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
