import type { ModelRequest } from '../model-client.ts';
import { writeForPipeline } from './plain/index.ts';
import { readFacts, writePlain } from './plain-reply.ts';
import { writeChapter, writePlot } from './plot-replies.ts';
import { seededRandom } from './random.ts';
import { writeContinuity, writeCritique, writeRevision } from './review-replies.ts';
import { writeScene } from './scene-reply.ts';
import { sampleSchema } from './schema-sampler.ts';
import { readSections, recordOf, type Sections } from './sections.ts';
import { readStory } from './story-sections.ts';
import { writeCharacters, writePremise, writeSettings, writeStyle, writeTitle } from './story-replies.ts';
import { readTopic } from './topic.ts';

/** What the scribe composed: text, and for a structured call the value it stands for. */
export interface Composed {
  /** The text. */
  readonly text: string;
  /** The value of a structured call. */
  readonly object?: unknown;
}

/** Composes the structured replies of the fiction pipeline's own prompts. */
function composeObject(sections: Sections, seed: string): Record<string, unknown> | undefined {
  const task = sections.get('task');
  if (task === 'critique') return writeCritique(sections);
  if (task === 'continuity') return writeContinuity(sections);
  const story = readStory(sections, seed);
  if (story === undefined) return undefined;
  switch (task ?? '') {
    case 'premise':
      return writePremise(story);
    case 'characters':
      return writeCharacters(story);
    case 'settings':
      return writeSettings(story);
    case 'style':
      return writeStyle(story);
    case 'title':
      return writeTitle(story);
    case 'plot':
      return writePlot(story);
    case 'chapter':
      return writeChapter(story, Number(sections.get('chapter') ?? 1));
    default:
      return undefined;
  }
}

function composeText(sections: Sections, seed: string): string | undefined {
  const task = sections.get('task');
  if (task === 'revise') return writeRevision(sections);
  if (task !== 'scene' && task !== 'fit') return undefined;
  const story = readStory(sections, seed);
  return story === undefined || !sections.has('card') ? undefined : writeScene(story, sections);
}

/** Whether a value has what a schema requires at its top: a prompt that only looks like ours gets a sample instead. */
function suits(value: Readonly<Record<string, unknown>>, schema: Readonly<Record<string, unknown>>): boolean {
  const { required } = schema as { required?: unknown };
  return !Array.isArray(required) || required.every((name) => typeof name === 'string' && name in value);
}

/** Composes the reply to a request. The same request and seed give the same reply. */
export function compose(request: ModelRequest, knobSeed: number): Composed {
  const whole = `${request.system ?? ''}\n${request.prompt}`;
  const sections = readSections(whole);
  const storySeed = `${knobSeed}|${request.seed ?? 0}`;
  const callSeed = `${storySeed}|${whole}`;
  const known = writeForPipeline(request.prompt);
  if (request.schema === undefined) {
    return {
      text:
        composeText(sections, storySeed) ??
        (typeof known === 'string' ? known : writePlain(request.prompt, sections, callSeed)),
    };
  }
  const composed =
    composeObject(sections, storySeed) ?? (typeof known === 'object' && known !== null ? recordOf(known) : undefined);
  const object =
    composed !== undefined && suits(composed, recordOf(request.schema))
      ? composed
      : sampleSchema(request.schema, {
          random: seededRandom(callSeed),
          keywords: readTopic(sections.get('request') ?? request.prompt.slice(0, 400)).keywords,
          facts: readFacts(sections),
        });
  return { text: JSON.stringify(object), object };
}
