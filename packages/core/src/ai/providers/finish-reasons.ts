import type { FinishReason } from '../model-client.ts';

// What servers say, in lower case without separators.
const whole = new Set([
  'stop',
  'eos',
  'eostoken',
  'eosfound',
  'stopsequence',
  'endturn',
  'complete',
  'completed',
  'done',
  'end',
  'endofturn',
  'finished',
  'success',
  'toolcalls',
  'tooluse',
  'functioncall',
]);
const cut = new Set([
  'length',
  'maxtokens',
  'maxoutputtokens',
  'maxlength',
  'modellength',
  'modelcontextwindowexceeded',
  'incomplete',
  'tokenlimit',
]);
const held = new Set([
  'contentfilter',
  'contentfiltered',
  'safety',
  'recitation',
  'blocklist',
  'prohibitedcontent',
  'spii',
  'refusal',
  'sensitive',
  'blocked',
  'language',
  'guardrailintervened',
]);

/** What a server's finish reason means, however it is spelt; `other` for one that nobody knows. */
export function finishReasonOf(raw: string): FinishReason {
  const word = raw.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (whole.has(word)) return 'stop';
  if (cut.has(word)) return 'length';
  if (held.has(word)) return 'content-filter';
  return word === 'error' ? 'error' : 'other';
}
