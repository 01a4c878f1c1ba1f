import { seededRandom, shuffle } from '../random.ts';
import { enumerate, text, texts, type Facts } from './facts.ts';

/** The parts of a `general` or `quick` prompt. */
export interface EssayPrompt {
  readonly request: string;
  readonly brief: Facts;
  readonly card: Facts;
  readonly words: number;
  /** Which part of the text this is, from 0, and of how many. */
  readonly part: readonly [number, number];
}

const idle = new Set(
  'a an the and or of for to in on with that which this these those is are was be by as at from into about than then it its write give make compare explain describe essay text please me my how what why when who should can could would between plan create tell short long one two three new word words page pages thousand hundred'.split(
    ' ',
  ),
);

/** The words of a request that say what it is about, in its own order. */
function subjects(request: string): string[] {
  const words = request.toLowerCase().match(/[\p{L}][\p{L}\p{N}'-]+/gu) ?? [];
  const found = [...new Set(words.filter((word) => !idle.has(word)))].slice(0, 6);
  return found.length === 0 ? ['the question'] : found;
}

const heads = ['What it is', 'Where it comes from', 'What it costs', 'What it gives', 'What to do next'] as const;

/** Answers by form: it names the request's own subject, keeps to its word count, says no sentence twice, and claims no fact; `undefined` for any other task. */
export function writeEssay(task: string, prompt: EssayPrompt): unknown {
  const about = subjects(prompt.request === '' ? text(prompt.brief, 'title') : prompt.request);
  const [first = 'the question', second = first] = about;
  switch (task) {
    case 'general/brief':
      return {
        title: title(about),
        intent: `To think through ${enumerate(about.slice(0, 3))}`,
        audience: 'A reader who meets the question for the first time',
        deliverable: 'A structured text',
        constraints: ['No invented sources', 'Plain words'],
      };
    case 'general/angles':
      return { points: [`What ${first} is for`, `Who is touched by ${second}`, `What changes when ${first} changes`] };
    case 'general/facts':
      return {
        points: [`What is known of ${first}`, `What is assumed about ${second}`, `What would have to be measured`],
      };
    case 'general/examples':
      return {
        points: [`An ordinary day with ${first}`, `A case in which ${second} failed`, `A case in which it went well`],
      };
    case 'general/outline':
      return {
        title: text(prompt.brief, 'title') || title(about),
        sections: heads.map((heading) => ({ heading, points: [`${heading}: ${first}`, `${heading}: ${second}`] })),
      };
    case 'general/critique':
      return {
        sections: heads.map((heading) => ({
          heading,
          score: 0.85,
          suggestion: 'Put a real example where the form says one belongs.',
        })),
      };
    case 'general/factcheck':
      return { findings: [] };
    case 'general/section':
    case 'general/revise':
      return paragraphs(about, text(prompt.card, 'heading'), texts(prompt.card, 'points'), prompt);
    case 'quick/answer':
      return `${paragraphs(about, '', [], { ...prompt, words: prompt.words || 120 })}\n\n*An offline placeholder model wrote this by form and knows no facts. Choose a real one with \`--model\`.*`;
    default:
      return undefined;
  }
}

function title(about: readonly string[]): string {
  const name = enumerate(about.slice(0, 3));
  return `On ${name}`;
}

const frames: readonly ((aspect: string, subject: string, turn: string) => string)[] = [
  (aspect, subject, turn) => `Begin with ${aspect} of ${subject}, ${turn}.`,
  (aspect, subject, turn) => `Few people argue about ${aspect} of ${subject} until it matters; look at it ${turn}.`,
  (aspect, subject, turn) =>
    `A reader who knows ${subject} well will ask for ${aspect} first, so put it in plain words ${turn}.`,
  (aspect, subject, turn) => `It is easy to praise ${subject} and hard to name ${aspect} of it ${turn}.`,
  (aspect, subject, turn) => `Whoever decides about ${subject} should have seen ${aspect} of it ${turn}.`,
  (aspect, subject, turn) =>
    `Two people can agree on ${subject} and still mean different things by ${aspect} of it, ${turn}.`,
  (aspect, subject, turn) => `Write ${aspect} of ${subject} down ${turn}.`,
  (aspect, subject, turn) => `Much that is said of ${subject} leaves out ${aspect}, ${turn}.`,
];
const turns = [
  'before anything is decided',
  'while a change is still cheap',
  'with the limits in plain view',
  'as a newcomer would see it',
  'without trusting the first answer',
  'and keep it to one page',
  'even where it seems settled',
  'and say how sure you are',
  'with one example at hand',
  'and name who will notice first',
];
const aspects = [
  'the purpose',
  'the price',
  'the history',
  'the risk',
  'the daily use',
  'the edge cases',
  'the people',
  'the alternatives',
  'the first step',
  'the open question',
  'the measure',
  'the weak point',
  'the habit',
  'the promise',
  'the timing',
  'the upkeep',
];

/** Every sentence is one combination of frame, aspect and turn; a part takes its own share of one shuffled deck, so that no two parts of a text share a sentence. */
function paragraphs(about: readonly string[], heading: string, points: readonly string[], prompt: EssayPrompt): string {
  const [part, parts] = prompt.part;
  const count = frames.length * aspects.length * turns.length;
  const deck = shuffle(
    Array.from({ length: count }, (_, index) => index),
    seededRandom(about.join(' ')),
  );
  const sentences: string[] = [];
  if (heading !== '')
    sentences.push(
      `This part is about ${lower(heading)}${points.length > 0 ? `, and above all about ${enumerate(points.map((point) => lower(point.replace(/^[^:]*: /, ''))).slice(0, 2))}` : ''}.`,
    );
  let words = countWords(sentences.join(' '));
  for (let at = part; words < prompt.words - 8 && at < count; at += parts) {
    const index = deck[at] as number;
    const frame = frames[index % frames.length] as (aspect: string, subject: string, turn: string) => string;
    const aspect = aspects[Math.floor(index / frames.length) % aspects.length] as string;
    const turn = turns[Math.floor(index / (frames.length * aspects.length))] as string;
    const sentence = frame(aspect, about[sentences.length % about.length] as string, turn);
    sentences.push(sentence);
    words += countWords(sentence);
  }
  const groups: string[] = [];
  for (let at = 0; at < sentences.length; at += 4) groups.push(sentences.slice(at, at + 4).join(' '));
  return groups.join('\n\n');
}

const lower = (value: string): string => value.charAt(0).toLowerCase() + value.slice(1);
const countWords = (value: string): number => value.match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu)?.length ?? 0;
