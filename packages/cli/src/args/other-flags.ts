import type { FlagSpec } from './flag-spec.ts';

/** The names of {@link otherFlags}. */
export type OtherFlag =
  | 'json'
  | 'showOrigin'
  | 'olderThan'
  | 'open'
  | 'format'
  | 'to'
  | 'project'
  | 'diagram'
  | 'limit'
  | 'phase'
  | 'schema'
  | 'list'
  | 'remove'
  | 'yes';

/** Flags of single commands. */
export const otherFlags: Readonly<Record<OtherFlag, FlagSpec>> = {
  json: { name: 'json', doc: 'print JSON' },
  showOrigin: { name: 'show-origin', doc: 'tell where each value comes from' },
  olderThan: { name: 'older-than', value: 'AGE', doc: 'only what was last touched longer ago, for example 7d' },
  open: { name: 'open', doc: 'open the report in a browser' },
  format: {
    name: 'format',
    value: 'FORMAT',
    doc: 'html, markdown, chrome-trace or json',
    choices: ['html', 'markdown', 'chrome-trace', 'json'],
  },
  to: { name: 'to', value: 'FILE', doc: 'write to FILE, `-` = stdout', complete: 'file' },
  project: { name: 'project', doc: "the project's .orc.yaml instead of the user's file" },
  diagram: { name: 'diagram', value: 'FORMAT', doc: 'tree, mermaid or dot', choices: ['tree', 'mermaid', 'dot'] },
  limit: { name: 'limit', short: 'n', value: 'N', doc: 'show at most N' },
  phase: { name: 'phase', value: 'ID', doc: 'only this phase' },
  schema: { name: 'schema', doc: 'print the JSON Schema' },
  list: { name: 'list', doc: 'list what is trusted' },
  remove: { name: 'remove', doc: 'trust it no longer' },
  yes: { name: 'yes', short: 'y', doc: 'do not ask' },
};
