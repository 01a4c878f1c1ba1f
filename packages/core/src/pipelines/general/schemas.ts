import { z } from 'zod';

/** What is really asked for. */
export interface Brief {
  readonly title: string;
  readonly intent: string;
  readonly audience: string;
  readonly deliverable: string;
  readonly constraints: readonly string[];
}

/** Checks a {@link Brief}. */
export const briefSchema: z.ZodType<Brief> = z.strictObject({
  title: z.string(),
  intent: z.string(),
  audience: z.string(),
  deliverable: z.string(),
  constraints: z.array(z.string()).max(6),
});

/** A section as the outline plans it. */
export interface SectionCard {
  readonly heading: string;
  readonly points: readonly string[];
}

/** The plan of the text. */
export interface Outline {
  readonly title: string;
  readonly sections: readonly SectionCard[];
}

/** The number of sections of a text. */
export const sectionCount = 5;

/** Checks an {@link Outline}. */
export const outlineSchema: z.ZodType<Outline> = z.strictObject({
  title: z.string(),
  sections: z
    .array(z.strictObject({ heading: z.string(), points: z.array(z.string()).min(2).max(4) }))
    .length(sectionCount),
});

/** What a critic says of each section. */
export interface Critique {
  readonly sections: readonly { readonly heading: string; readonly score: number; readonly suggestion: string }[];
}

/** Checks a {@link Critique}. */
export const critiqueSchema: z.ZodType<Critique> = z.strictObject({
  sections: z
    .array(z.strictObject({ heading: z.string(), score: z.number().min(0).max(1), suggestion: z.string() }))
    .length(sectionCount),
});

/** What a fact check found. */
export interface FactCheck {
  readonly findings: readonly {
    readonly heading: string;
    readonly claim: string;
    readonly verdict: 'supported' | 'unsupported' | 'wrong';
  }[];
}

/** Checks a {@link FactCheck}. */
export const factCheckSchema: z.ZodType<FactCheck> = z.strictObject({
  findings: z
    .array(
      z.strictObject({
        heading: z.string(),
        claim: z.string(),
        verdict: z.enum(['supported', 'unsupported', 'wrong']),
      }),
    )
    .max(8),
});
