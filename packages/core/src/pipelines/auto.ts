/** The pipelines that `auto` chooses from. */
export type BuiltInPipelineId = 'fiction' | 'analyze' | 'build' | 'general' | 'quick';

/** A choice with its reason. */
export interface PipelineChoice {
  /** The pipeline. */
  readonly id: BuiltInPipelineId;
  /** Why, in one sentence for people. */
  readonly reason: string;
  /** What to look at above all, for `analyze`: the request itself, where it asks about something particular. */
  readonly focus?: string | undefined;
}

interface Rule {
  readonly id: BuiltInPipelineId;
  readonly pattern: RegExp;
  readonly what: string;
  readonly focus?: boolean;
}

const subject =
  '(?:code ?base|code|repo(?:sitory)?|project|package|module|source|folder|directory|app(?:lication)?|service)';

// In this order; the first that matches decides. Verbs must open the request or follow a politeness, so that "a story about how to analyze code" stays a story.
const opening = "^(?:(?:please|could you|can you|i want you to|i'd like you to|let's|help me(?: to)?)[ ,]+)*";
// The kind of story alone says it too, where the word stands for a text: "a mystery in Rome", not "a fantasy football guide" or "the mystery of dark matter".
const kind =
  "(?:(?!(?:of|about|on|in|for|the|an?)\\b)[\\w'-]+ ){0,2}(?:mystery|thriller|whodunit|romance|fantasy|adventure|western|space opera)(?=$|[.,;!]| (?:of (?:about )?\\d|(?:about|set|in|with|where|for|that)\\b))";
const rules: readonly Rule[] = [
  {
    id: 'fiction',
    pattern: new RegExp(
      `${opening}(?:write|create|tell|compose|draft|make|generate|invent|give me)\\b.{0,60}\\b(?:story|stories|novel|novella|tale|fairy ?tale|fiction|saga|fable|chapters?)\\b`,
      'i',
    ),
    what: 'it asks for a story',
  },
  {
    id: 'fiction',
    pattern: /^(?:a|an|the)?\s*(?:[\w'-]+ ){0,4}(?:story|novel|novella|tale|fable|saga)\b/i,
    what: 'it names a story',
  },
  {
    id: 'fiction',
    pattern: new RegExp(
      `${opening}(?:(?:write|tell|compose|create|invent|give)(?: me| us)? )?(?:an?|another) ${kind}`,
      'i',
    ),
    what: 'it names a kind of story',
  },
  {
    id: 'analyze',
    pattern: new RegExp(
      `${opening}(?:analy[sz]e|review|audit|inspect|explain|map|document|assess|summari[sz]e|understand)\\b.{0,60}\\b${subject}\\b`,
      'i',
    ),
    what: 'it asks about a codebase',
  },
  {
    id: 'analyze',
    pattern: new RegExp(
      `${opening}(?:debug|diagnose|troubleshoot|fix|find (?:the |a |any )?(?:[\\w-]+ ){0,2}(?:bug|cause|problem|issue|leak|error)s?|investigate|trace|why (?:does|is|do|are))\\b`,
      'i',
    ),
    what: 'it asks where a problem lies',
    focus: true,
  },
  {
    id: 'build',
    pattern: new RegExp(
      `${opening}(?:build|implement|code|program|scaffold|write|create|make|generate)\\b.{0,60}\\b(?:app|application|cli|tool|script|library|server|api|website|web ?page|program|package|module|component|bot|parser|service)\\b`,
      'i',
    ),
    what: 'it asks for a program',
  },
  {
    id: 'quick',
    pattern:
      /^(?:what|who|when|where|which|how (?:many|much|old|long|far|tall|big)|is|are|does|do|did|can|define|translate|convert)\b.{0,120}\??$/i,
    what: 'it is a short question',
  },
];

/**
 * Matches a request to a built-in pipeline. Deterministic, without a model: the first rule of a fixed list that fits decides, and `general` is what is left.
 *
 * 1. a story, novel, tale …, or a kind of one (a mystery, a thriller …) is asked for or named → `fiction`
 * 2. analyze, review, explain … a codebase, repository, project … → `analyze`
 * 3. debug, diagnose, find the bug, investigate … → `analyze`, with the request as its focus
 * 4. build, implement, write … an app, tool, library … → `build`
 * 5. a short question (what, who, when, is, does …) of at most 20 words → `quick`
 * 6. anything else → `general`
 */
export function choosePipeline(request: string): PipelineChoice {
  const text = request.trim().replace(/\s+/g, ' ');
  for (const rule of rules) {
    const match = rule.pattern.exec(text);
    if (match === null) continue;
    if (rule.id === 'quick' && text.split(' ').length > 20) continue;
    const shown = match[0].length > 48 ? `${match[0].slice(0, 47)}…` : match[0];
    const reason = rule.id === 'quick' ? rule.what : `${rule.what} (“${shown}”)`;
    return rule.focus === true ? { id: rule.id, reason, focus: text } : { id: rule.id, reason };
  }
  return { id: 'general', reason: 'no more particular pipeline fits' };
}
