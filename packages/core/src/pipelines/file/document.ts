/** A condition: a value, and what is asked of it. */
export interface ConditionDocument {
  readonly value: string;
  readonly equals?: string | number | boolean | undefined;
  readonly below?: number | undefined;
  readonly atLeast?: number | undefined;
}

/** Fixed sampling of a phase, or a model's name alone. */
export type SamplingDocument =
  | string
  | {
      readonly model?: string | undefined;
      readonly temperature?: number | undefined;
      readonly topP?: number | undefined;
      readonly maxOutputTokens?: number | undefined;
      readonly stop?: string[] | undefined;
    };

/** What every phase of a file may say. */
export interface CommonPhaseDocument {
  readonly id: string;
  readonly title?: string | undefined;
  readonly needs?: (string | { each: string } | { within: string })[] | undefined;
  readonly forEach?: { in: string } | { phase: string } | undefined;
  readonly when?: ConditionDocument | undefined;
  readonly cache?: boolean | { ttl: string } | undefined;
  readonly timeout?: string | undefined;
  readonly retry?: { attempts: number; backoff?: string | undefined } | undefined;
  readonly version?: string | undefined;
  readonly weight?: number | undefined;
  readonly artifact?: string | undefined;
}

/** A phase that asks a model. */
export interface LlmPhaseDocument extends CommonPhaseDocument {
  readonly kind: 'llm';
  readonly model?: SamplingDocument | undefined;
  readonly system?: string | undefined;
  readonly prompt: string;
  readonly schema?: Record<string, unknown> | undefined;
}

/** A phase that puts text together. */
export interface TemplatePhaseDocument extends CommonPhaseDocument {
  readonly kind: 'template';
  readonly template: string;
}

/** A phase that reads declared files. */
export interface ReadPhaseDocument extends CommonPhaseDocument {
  readonly kind: 'read';
  readonly files: string[];
}

/** A phase of a pipeline file. */
export type PhaseDocument = LlmPhaseDocument | TemplatePhaseDocument | ReadPhaseDocument;

/** A pipeline file, checked. */
export interface PipelineDocument {
  readonly $schema?: string | undefined;
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly options?:
    | Record<string, { default: string | number | boolean; description?: string | undefined }>
    | undefined;
  readonly phases: PhaseDocument[];
  readonly result: { phase: string; text?: string | undefined; title?: string | undefined };
}
