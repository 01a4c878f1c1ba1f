import { genreWords } from './genre-words.ts';
import {
  creatures,
  emptyWords,
  foreignEmptyWords,
  notPeople,
  peopleWords,
  relatives,
  translations,
} from './topic-words.ts';

/** What a request is about, read from its own words. */
export interface Topic {
  /** The subject as a noun phrase that can stand in a sentence: `space exploration`, `the bank robbery`. */
  readonly topic: string;
  /** The subject's noun with its article: `the cat`; the same as `topic` when that is short. */
  readonly motif: string;
  /** Whether the motif is a living thing that can go along. */
  readonly creature: boolean;
  /** The kind of story: one of the genres that the lexicon has words for. */
  readonly genre: string;
  /** A place that the request names. */
  readonly place: string | undefined;
  /** What the hero is, when the request says so. */
  readonly role: string | undefined;
  /** The request's words that carry meaning, in order, without repetition. */
  readonly keywords: readonly string[];
}

// What a text of any length is about stands at its beginning.
const mostRead = 20_000;

const lengthPhrase =
  /\b(?:in|of|with|at least|at most|about|around|approximately|roughly|exactly|some)? ?\d[\d., ]{0,24}(?:k|thousand)?[ -]{0,3}(?:words?|chapters?|scenes?|pages?|wörter|palabras|mots)\b(?: long)?/giu;
const command =
  /^ ?(?:please )?(?:(?:can|could|would|will) you )?(?:(?:i (?:want|need|would like|’d like)|write|create|tell|make|generate|compose|give|draft)\b ?(?:me|us)? ?)?/iu;
const form =
  /^(?:(?:a|an|the|some|one) )?(?:[\p{L}-]+ ){0,3}?(?:story|stories|novel|novella|tale|fairy tale|book|fiction|narrative|saga|thriller|romance|adventure|fable)\b ?/iu;
const link =
  /^(?:that is|which is|set|centred|centered|based|all)? ?(?:about|on|of|featuring|involving|with|regarding|around|for|:|,|-)? /iu;

function isPerson(word: string): boolean {
  const lower = word.toLowerCase();
  if (peopleWords.has(lower)) return true;
  return !notPeople.has(lower) && lower.length > 4 && /(?:er|or|ist|smith|maker|keeper|man|woman)$/u.test(lower);
}

function withoutArticle(phrase: string): string {
  return phrase.replace(/^(?:a|an|the|my|your|our|his|her|their|some|one|two|three)\s+/iu, '');
}

function withArticle(phrase: string, original: string): string {
  const bare = withoutArticle(phrase);
  return bare === phrase && !/^(?:a|an|the)\s/iu.test(original) ? phrase : `the ${bare}`;
}

function subjectOf(text: string): string {
  const about = /\b(?:about|regarding|featuring|involving|über|sobre|sur|про)\s+(.+)$/isu.exec(text);
  let rest = about?.[1] ?? text.replace(command, '').replace(form, '');
  if (about === null) rest = ` ${rest}`.replace(link, '');
  return rest.split(/[.!?;:\n,]/u)[0]?.trim() ?? '';
}

function genreOfText(text: string): string {
  const padded = ` ${text.toLowerCase()} `;
  let best = 'city';
  let score = 0;
  for (const [genre, words] of Object.entries(genreWords)) {
    const hits = words.filter((word) =>
      /^[a-z]/u.test(word) ? new RegExp(`[^\\p{L}]${word}`, 'u').test(padded) : padded.includes(word),
    ).length;
    if (hits > score) [best, score] = [genre, hits];
  }
  return best;
}

function translated(words: readonly string[]): string | undefined {
  const known = words.map((word) => translations[word.toLowerCase()]).filter((word) => word !== undefined);
  return known[0];
}

/** What the clause after a person is about: `who hates coffee` is about coffee, `who run a bakery` about the bakery. */
function objectOf(clause: string): string | undefined {
  const article = /\b(?:a|an|the|his|her|their|its) /iu.exec(clause);
  const behind = article === null ? '' : clause.slice(article.index + article[0].length);
  const named = behind.split(/ (?:in|on|at|of|and|with|from|for|to|who|that|which|by)\b/iu, 1)[0];
  if (named !== undefined && named !== '' && named.split(' ').length <= 4) return `the ${named}`;
  const last = clause.trim().split(' ').at(-1) ?? '';
  return last.length > 2 &&
    clause.trim().includes(' ') &&
    !emptyWords.has(last.toLowerCase()) &&
    !/(?:ing|ed|ly)$/u.test(last)
    ? last
    : undefined;
}

/** Reads a request: what the story is about, what kind of story that is, and which of its words must carry it. */
export function readTopic(request: string): Topic {
  // One space is all that may stand between two words from here on: the patterns below count on it.
  const text = request
    .slice(0, mostRead)
    .replace(/\s+/gu, ' ')
    .replace(lengthPhrase, ' ')
    .replace(/["“”«»*_#`<>{}[\]|\\]/gu, ' ')
    .replace(/'/gu, '’')
    .replace(/\s+/gu, ' ')
    .trim();
  const genre = genreOfText(text);
  let subject = subjectOf(text);
  const placeMatch = /\s(?:in|at|on|from|near|to)\s+((?:the\s+)?\p{Lu}[\p{L}’-]+(?:\s+\p{Lu}[\p{L}’-]+){0,2})/u.exec(
    ` ${subject}`,
  );
  const place = placeMatch?.[1];
  if (placeMatch !== null) subject = ` ${subject}`.slice(0, placeMatch.index).trim();
  // A long subject is carried by its first part; the rest still counts among the keywords.
  const head =
    subject.split(
      /\s(?:who|that|which|where|when|while|whose|because|and then|trying|fighting|looking|learning)\s/iu,
    )[0] ?? '';
  const words = head.split(' ').filter((word) => word !== '');
  const foreign =
    words.some((word) => foreignEmptyWords.has(word.toLowerCase())) ||
    /[^\p{Script=Latin}\p{N}\p{P}\p{S}\s]/u.test(head);
  const meaning = words.filter((word) => /\p{L}|\p{N}/u.test(word));
  const keywords = [
    ...new Set(
      text
        .split(/[^\p{L}\p{N}’-]+/u)
        .map((word) => word.replace(/’s$/u, ''))
        .filter(
          (word) =>
            word.length > 1 && !emptyWords.has(word.toLowerCase()) && !foreignEmptyWords.has(word.toLowerCase()),
        ),
    ),
  ].slice(0, 12);
  if (foreign) {
    const content = meaning.filter((word) => !foreignEmptyWords.has(word.toLowerCase()));
    const topic = translated(content) ?? (content.slice(0, 4).join(' ').slice(0, 40) || 'the unanswered question');
    const creature = creatures.has(withoutArticle(topic));
    return { topic, motif: topic, creature, genre, place, role: undefined, keywords };
  }
  let phrase = meaning.join(' ');
  if (meaning.length > 6) phrase = phrase.split(/\s(?:of|with|in|on|at|from|for|to|and|between)\s/iu)[0] ?? phrase;
  if (phrase.split(' ').length > 6) phrase = phrase.split(' ').slice(0, 4).join(' ');
  if (phrase === '' || emptyWords.has(withoutArticle(phrase).toLowerCase()))
    phrase = keywords.slice(0, 3).join(' ') || 'the unanswered question';
  const topic = lowered(withArticle(phrase, phrase));
  const core = (withoutArticle(phrase).split(/\s(?:of|with|in|on|at|from|for|to|and|between)\s/iu)[0] ?? '').split(' ');
  const noun = core.at(-1) ?? '';
  const possessor = /^(.+?)’s?\s/u.exec(withoutArticle(phrase))?.[1];
  const person = possessor === undefined ? noun : (possessor.split(' ').at(-1) ?? '');
  const related = relatives.has(noun.toLowerCase());
  const trade = !related && isPerson(person);
  const role = trade
    ? lowered(possessor ?? withoutArticle(phrase).split(/\s(?:of|with|in|on|at|from|for|to|and)\s/iu)[0] ?? '')
    : undefined;
  const kept = role !== undefined && role.split(' ').length <= 4 && !role.endsWith('s') ? role : undefined;
  // Who is told about is the hero; what that person is about is the subject.
  const object = possessor === undefined && (related || trade) ? objectOf(subject.slice(head.length)) : undefined;
  if (object !== undefined)
    return {
      topic: object,
      motif: object,
      creature: creatures.has(withoutArticle(object)),
      genre,
      place,
      role: kept,
      keywords,
    };
  const creature = creatures.has(noun.toLowerCase());
  const determined = /^the\s/u.test(topic);
  const motif = (core.length > 1 && determined) || creature ? `the ${lowered(noun)}` : topic;
  return { topic, motif, creature, genre, place, role: kept, keywords };
}

/** Lower case at the start, unless the word is a name or an abbreviation. */
function lowered(phrase: string): string {
  const first = phrase.split(' ')[0] ?? '';
  const common = emptyWords.has(first.toLowerCase()) || /^\p{Lu}[\p{Ll}’-]*$/u.test(first);
  return common && phrase.includes(' ') ? phrase.charAt(0).toLowerCase() + phrase.slice(1) : phrase;
}
