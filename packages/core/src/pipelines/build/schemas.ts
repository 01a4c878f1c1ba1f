import { z } from 'zod';

/** What is to be built. */
export interface BuildBrief {
  readonly name: string;
  readonly summary: string;
  readonly users: string;
  readonly constraints: readonly string[];
}

/** Checks a {@link BuildBrief}. */
export const briefSchema: z.ZodType<BuildBrief> = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
  summary: z.string(),
  users: z.string(),
  constraints: z.array(z.string()).max(6),
});

const fileName = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/);

/** The files of the project, before anyone writes one. */
export interface FilePlan {
  readonly files: readonly { readonly name: string; readonly purpose: string }[];
}

/** Checks a {@link FilePlan}. The names are of ES modules; where they go is ours to say. */
export const planSchema: z.ZodType<FilePlan> = z.strictObject({
  files: z
    .array(z.strictObject({ name: fileName, purpose: z.string() }))
    .min(2)
    .max(8),
});

/** What a function promises. */
export interface FunctionContract {
  readonly name: string;
  readonly params: readonly string[];
  readonly does: string;
}

/** What every file exports: with this settled, the files can be written at once. */
export interface Interfaces {
  readonly files: readonly { readonly name: string; readonly functions: readonly FunctionContract[] }[];
}

const identifier = z.string().regex(/^[a-z][A-Za-z0-9]{1,30}$/);

/** Checks {@link Interfaces}. */
export const interfacesSchema: z.ZodType<Interfaces> = z.strictObject({
  files: z
    .array(
      z.strictObject({
        name: fileName,
        functions: z
          .array(z.strictObject({ name: identifier, params: z.array(identifier).max(4), does: z.string() }))
          .min(1)
          .max(5),
      }),
    )
    .min(2)
    .max(8),
});

/** What a reviewer says of a file. */
export interface FileReview {
  readonly score: number;
  readonly notes: readonly string[];
}

/** Checks a {@link FileReview}. */
export const reviewSchema: z.ZodType<FileReview> = z.strictObject({
  score: z.number().min(0).max(1),
  notes: z.array(z.string()).max(6),
});
