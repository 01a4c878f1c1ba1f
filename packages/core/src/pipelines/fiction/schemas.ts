import { z } from 'zod';

const text = z.string();

/** The premise. */
export interface Premise {
  readonly logline: string;
  readonly premise: string;
  readonly question: string;
  readonly stakes: string;
  readonly theme: string;
  readonly ending: string;
  readonly setting: string;
}

/** The people. */
export interface Characters {
  readonly characters: readonly {
    readonly name: string;
    readonly part: 'hero' | 'ally' | 'rival' | 'mentor' | 'lost' | 'other';
    readonly role: string;
    readonly pronouns: string;
    readonly wants: string;
    readonly fears: string;
    readonly voice: string;
  }[];
}

/** The places. */
export interface Settings {
  readonly world: string;
  readonly places: readonly {
    readonly name: string;
    readonly preposition: string;
    readonly details: readonly string[];
    readonly mood: string;
  }[];
}

/** The voice sheet. */
export interface Style {
  readonly tense: string;
  readonly pov: string;
  readonly diction: string;
  readonly sentences: string;
  readonly dialogue: string;
  readonly motifs: readonly string[];
  readonly avoid: readonly string[];
}

/** The title. */
export interface Title {
  readonly title: string;
}

/** What the plot says of a chapter. */
export interface PlotChapter {
  readonly number: number;
  readonly title: string;
  readonly purpose: string;
  readonly entry: string;
  readonly exit: string;
  readonly events: readonly string[];
  readonly places: readonly string[];
}

/** The plot: the contract that lets chapters be written at once. */
export interface Plot {
  readonly arc: string;
  readonly chapters: readonly PlotChapter[];
}

/** What a model plans of a scene. */
export interface SceneReply {
  readonly kind: string;
  readonly goal: string;
  readonly conflict: string;
  readonly outcome: string;
  readonly place: string;
  readonly leadsTo: string;
  readonly characters: readonly string[];
  readonly object: string;
  readonly learns: string;
  readonly motifs: readonly string[];
}

/** What a model plans of a chapter. */
export interface ChapterReply {
  readonly title: string;
  readonly summary: string;
  readonly scenes: readonly SceneReply[];
}

/** What an editor says of a chapter. */
export interface Critique {
  readonly score: number;
  readonly scores: {
    readonly continuity: number;
    readonly language: number;
    readonly pacing: number;
    readonly dialogue: number;
    readonly plan: number;
  };
  readonly notes: readonly string[];
}

/** What does not fit together between chapters. */
export interface Continuity {
  readonly issues: readonly { readonly chapter: number; readonly problem: string }[];
}

/** The premise. */
export const premiseSchema: z.ZodType<Premise> = z.object({
  logline: text.describe('One sentence: who wants what, against whom, and what it costs.'),
  premise: text.describe('What happened before, what sets the story going.'),
  question: text.describe('The question that the last chapter answers.'),
  stakes: text,
  theme: text,
  ending: text.describe('How it ends, in one sentence.'),
  setting: text,
});

/** The people. */
export const charactersSchema: z.ZodType<Characters> = z.object({
  characters: z
    .array(
      z.object({
        name: text.describe('First name and family name; no two first names start with the same letter.'),
        part: z.enum(['hero', 'ally', 'rival', 'mentor', 'lost', 'other']).describe('What the person is in the story.'),
        role: text.describe('Trade or position, without article.'),
        pronouns: text.describe('she/her, he/him or they/them.'),
        wants: text,
        fears: text,
        voice: text.describe('How the person talks.'),
      }),
    )
    .min(2),
});

/** The places. */
export const settingsSchema: z.ZodType<Settings> = z.object({
  world: text,
  places: z
    .array(
      z.object({
        name: text.describe('With article, as it stands in a sentence.'),
        preposition: text.describe('in, on, at …'),
        details: z.array(text),
        mood: text,
      }),
    )
    .min(2),
});

/** The voice sheet. */
export const styleSchema: z.ZodType<Style> = z.object({
  tense: text,
  pov: text,
  diction: text,
  sentences: text,
  dialogue: text,
  motifs: z.array(text),
  avoid: z.array(text).describe('Words and habits that stay out.'),
});

/** The title. */
export const titleSchema: z.ZodType<Title> = z.object({ title: text });

/** The plot: the contract that lets chapters be written at once. */
export const plotSchema: z.ZodType<Plot> = z.object({
  arc: text,
  chapters: z
    .array(
      z.object({
        number: z.number().int(),
        title: text,
        purpose: text,
        entry: text.describe(
          'The state in which the chapter begins: a clause in the past tense, the same as the exit before it.',
        ),
        exit: text.describe('The state in which it ends: a clause in the past tense.'),
        events: z.array(text),
        places: z.array(text),
      }),
    )
    .min(1),
});

/** The plan of a chapter. */
export const chapterSchema: z.ZodType<ChapterReply> = z.object({
  title: text,
  summary: text,
  scenes: z
    .array(
      z.object({
        kind: text.describe('What sort of scene it is, in two to five words.'),
        goal: text.describe('What the hero wants in it: an infinitive.'),
        conflict: text.describe('What stands in the way: a clause in the past tense.'),
        outcome: text.describe('How it comes out: a clause in the past tense.'),
        place: text,
        leadsTo: text,
        characters: z.array(text),
        object: text.describe('The thing that counts in it, with its indefinite article.'),
        learns: text.describe('What is learned in it: a clause.'),
        motifs: z.array(text).describe('Images that belong to this scene alone.'),
      }),
    )
    .min(1),
});

/** What an editor says of a chapter. */
export const critiqueSchema: z.ZodType<Critique> = z.object({
  score: z.number().min(0).max(1),
  scores: z.object({
    continuity: z.number(),
    language: z.number(),
    pacing: z.number(),
    dialogue: z.number(),
    plan: z.number(),
  }),
  notes: z.array(text),
});

/** What does not fit together between chapters. */
export const continuitySchema: z.ZodType<Continuity> = z.object({
  issues: z.array(z.object({ chapter: z.number().int(), problem: text })),
});
