import { readUnit, writeUnit } from './grammar.ts';
import { plainSentences } from './banks/plain.ts';
import { hashText, seededRandom, shuffle } from './random.ts';
import { listOf, readJson, recordOf, textOf, type Sections } from './sections.ts';
import { countWords, sentenceKey, splitSentences } from './sentences.ts';
import { fixArticles } from './slots.ts';
import { readTopic } from './topic.ts';

function spaced(key: string): string {
  return key
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/[_-]+/gu, ' ')
    .toLowerCase();
}

function shortValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number')
    return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Math.round(value * 100) / 100);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return undefined;
}

/** Says a value as sentences: every figure and name in them stands in the value. */
function factSentences(value: unknown, name: string): string[] {
  const short = shortValue(value);
  if (short !== undefined) {
    if (name === '') return [/[.!?]$/u.test(short) ? short : `${short}.`];
    return [`${name.charAt(0).toUpperCase()}${name.slice(1)}: ${short}${/[.!?]$/u.test(short) ? '' : '.'}`];
  }
  const items = listOf(value);
  if (items.length > 0) {
    const texts = items.map(shortValue);
    if (texts.every((text) => text !== undefined)) {
      if (texts.some((text) => countWords(text) > 5)) return texts.flatMap((text) => factSentences(text, ''));
      const shown = texts
        .slice(0, 8)
        .map((text) => `\`${text}\``)
        .join(', ');
      return [
        `${name === '' ? 'Named here' : name.charAt(0).toUpperCase() + name.slice(1)}: ${shown}${texts.length > 8 ? ` and ${texts.length - 8} more` : ''}.`,
      ];
    }
    return items.slice(0, 12).flatMap((item) => recordSentences(recordOf(item), name));
  }
  return recordSentences(recordOf(value), name);
}

function recordSentences(record: Readonly<Record<string, unknown>>, name: string): string[] {
  const label = ['path', 'file', 'name', 'id', 'title', 'module'].find((key) => textOf(record[key]) !== undefined);
  if (label === undefined) return Object.entries(record).flatMap(([key, value]) => factSentences(value, spaced(key)));
  const rest = Object.entries(record).filter(([key]) => key !== label);
  const said = rest.flatMap(([key, value]) => {
    const short = shortValue(value);
    return short === undefined ? [] : [`${spaced(key)} ${short}`];
  });
  const first =
    said.length === 0
      ? []
      : [`\`${String(record[label])}\`${name === '' ? '' : ` (${name})`}: ${said.slice(0, 6).join(', ')}.`];
  return [
    ...first,
    ...rest
      .filter(([, value]) => shortValue(value) === undefined)
      .flatMap(([key, value]) => factSentences(value, `${spaced(key)} of \`${String(record[label])}\``)),
  ];
}

/** The facts that a prompt gives, as sentences. */
export function readFacts(sections: Sections): string[] {
  const json = readJson(sections, 'facts');
  const raw = sections.get('facts');
  const found = json === undefined ? (raw === undefined ? [] : splitSentences(raw)) : factSentences(json, '');
  return [...new Set(found)];
}

function wordsAsked(prompt: string, sections: Sections): number {
  const asked = Number(
    sections.get('words') ??
      /\b(?:about|around|of|in)?(\d[\d,]{0,6})\s{1,20}words\b/iu.exec(prompt)?.[1]?.replace(/,/gu, ''),
  );
  return Number.isFinite(asked) && asked > 0 ? Math.min(asked, 20_000) : 160;
}

/** Writes plain text for a prompt of no known kind: what the prompt gives comes first, and only then sentences about its subject. */
export function writePlain(prompt: string, sections: Sections, seed: string): string {
  const random = seededRandom(seed);
  const target = wordsAsked(prompt, sections);
  const card = recordOf(readJson(sections, 'card'));
  const points = listOf(card['points']).filter((point) => typeof point === 'string');
  const given = [...readFacts(sections), ...points.map((point) => (/[.!?]$/u.test(point) ? point : `${point}.`))];
  const { topic } = readTopic(textOf(card['heading']) ?? sections.get('request') ?? prompt.slice(0, 400));
  const sentences: string[] = [];
  const used = new Set<string>();
  let words = 0;
  const add = (text: string): void => {
    const key = sentenceKey(text);
    if (used.has(key)) return;
    used.add(key);
    sentences.push(text);
    words += countWords(text);
  };
  for (const text of given) if (words < target * 1.05) add(text);
  const units = shuffle(
    plainSentences.map((source, index) => readUnit(`plain-${index}`, source, {})),
    random,
  );
  // What is to be said from facts is not padded: a report that says less is worth more.
  if (points.length === 0 && given.length > 0) return paragraphsOf(sentences);
  const rounds = Array.from({ length: 8 }, (_, round) => round);
  for (const [round, unit] of rounds.flatMap((round) => units.map((unit) => [round, unit] as const))) {
    if (words >= target * 0.95) break;
    if (round >= unit.capacity) continue;
    const { text } = writeUnit(unit, round, hashText(seed), {});
    add(fixArticles(text.replace(/<T>/gu, topic).replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())));
  }
  return paragraphsOf(sentences);
}

function paragraphsOf(sentences: readonly string[]): string {
  const result: string[] = [];
  for (let index = 0; index < sentences.length; index += 4) result.push(sentences.slice(index, index + 4).join(' '));
  return result.join('\n\n');
}
