import { z } from 'zod';

import { definePhase } from '../pipeline/define-phase.ts';
import type { Phase } from '../pipeline/phase.ts';
import { jsonSchemaOf } from './json-schema.ts';

/** A list of points: angles, facts to check, features, … */
export interface Points {
  readonly points: readonly string[];
}

/** How a pipeline opens: with a brief of the request, then with looks at it from several sides at once. */
export interface Opening<Brief extends object> {
  /** The pipeline's id, which stands in every prompt. */
  readonly pipeline: string;
  /** What every call of the pipeline begins with. */
  readonly system: string;
  /** What a brief is. */
  readonly briefSchema: z.ZodType<Brief>;
  /** What is asked of the brief. */
  readonly ask: string;
  /** The fewest points of a look. */
  readonly fewestPoints: number;
  /** How freely the looks are made. */
  readonly temperature: number;
}

/** A brief, as the prompts after it show it. */
export function briefText(brief: object): string {
  return `<brief>${JSON.stringify(brief)}</brief>`;
}

/** Makes the opening of a pipeline: its brief, and how a look at it is defined. */
export function opening<Brief extends object>(
  options: Opening<Brief>,
): {
  readonly brief: Phase<Brief, false, false>;
  readonly look: (id: string, title: string, ask: string) => Phase<Points, false, false>;
} {
  const { pipeline, system, briefSchema, ask, fewestPoints, temperature } = options;
  const brief = definePhase({
    id: 'brief',
    kind: 'llm',
    title: 'Brief',
    uses: { request: ['text'] },
    model: { temperature: 0.2 },
    outputSchema: briefSchema,
    // What the prompt closes over.
    source: JSON.stringify([pipeline, system, ask]),
    prompt: ({ request }) => ({
      system,
      prompt: `<task>${pipeline}/brief</task>\n<request>${request.text}</request>\n${ask}`,
      schema: jsonSchemaOf(briefSchema),
    }),
  });
  const pointsSchema: z.ZodType<Points> = z.strictObject({ points: z.array(z.string()).min(fewestPoints).max(6) });
  return {
    brief,
    look: (id, title, question) =>
      definePhase({
        id,
        kind: 'llm',
        title,
        needs: { brief },
        model: { temperature },
        outputSchema: pointsSchema,
        source: JSON.stringify([pipeline, system, question]),
        prompt: ({ inputs }) => ({
          system,
          prompt: `<task>${pipeline}/${id}</task>\n${briefText(inputs.brief)}\n${question}`,
          schema: jsonSchemaOf(pointsSchema),
        }),
      }),
  };
}
