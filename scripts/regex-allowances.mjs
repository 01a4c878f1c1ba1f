// Patterns that the checker can't decide, or decides wrongly: each with why it is linear all the same.
const bounded = 'every count has an end, so a start costs a fixed number of steps';
const fixed = 'it is put together from words that stand in the source, with counts that have an end';

/** @type {{file: string, pattern: string, reason: string}[]} */
export const allowances = [
  {
    file: 'packages/core/src/ai/call/classify-failure.ts',
    pattern: 'input token count.{0,40}exceed',
    reason: `${bounded}; at most 64,000 characters are looked at`,
  },
  {
    file: 'packages/core/src/ai/call/classify-failure.ts',
    pattern: 'model .{0,80}(does not exist',
    reason: `${bounded}; at most 64,000 characters are looked at`,
  },
  {
    file: 'packages/core/src/ai/redact-secrets.ts',
    pattern: '(?:sk|pk|rk|gsk|xai|hf|r8)[-_]',
    reason: 'a start that has 16 characters behind it matches, and the match takes the whole run',
  },
  {
    file: 'packages/core/src/pipelines/analyze/secret-rules.ts',
    pattern: '\\b(glpat-',
    reason: 'a start that has 20 characters behind it matches up to the last boundary of the run',
  },
  {
    file: 'packages/core/src/pipelines/analyze/secret-rules.ts',
    pattern: '\\b(xox[abposr]-',
    reason: 'a start that has 10 characters behind it matches, and the match takes the whole run',
  },
  {
    file: 'packages/core/src/pipelines/analyze/secret-rules.ts',
    pattern: '_live_',
    reason: 'a run of letters and digits has one start: the boundary before it',
  },
  {
    file: 'packages/core/src/pipelines/analyze/secret-rules.ts',
    pattern: '\\b(sk-(?:ant-',
    reason: 'a start that has 24 characters behind it matches, and the match takes the whole run',
  },
  {
    file: 'packages/core/src/pipelines/analyze/secret-rules.ts',
    pattern: '(?:password|passwd|secret',
    reason: 'a value ends at the next quote, and only a quote behind a name begins one',
  },
  {
    file: 'packages/core/src/pipelines/analyze/secret-rules.ts',
    pattern: '(?:PASSWORD|PASSWD|SECRET',
    reason: 'one start per line, and one name before the only `=` that can follow',
  },
  {
    file: 'packages/core/src/pipelines/analyze/secret-shapes.ts',
    pattern: '(?:[A-Z]{1,20} ){0,4}PRIVATE KEY',
    reason: bounded,
  },
  {
    file: 'packages/core/src/pipelines/analyze/imports-task.ts',
    pattern: 'require|include',
    reason: 'a specifier ends at the next quote; the blanks before it belong to one keyword',
  },
  {
    file: 'packages/core/src/pipelines/analyze/imports-task.ts',
    pattern: '\\b(?:from\\s*',
    reason: 'a specifier ends at the next quote; the blanks before it belong to one keyword',
  },
  {
    file: 'packages/core/src/pipelines/fiction/text-metrics.ts',
    pattern: '(?<=\\p{Ll},? )',
    reason: 'a word has one start: the space before it',
  },
  { file: 'packages/core/src/pipelines/fiction/word-target.ts', pattern: '(?:[,. _]\\d{3}){1,4}', reason: bounded },
  { file: 'packages/core/src/pipelines/fiction/word-target.ts', pattern: 'new RegExp', reason: fixed },
  {
    file: 'packages/core/src/pipelines/auto.ts',
    pattern: 'new RegExp',
    reason: `${fixed}; it begins at the beginning of the text`,
  },
  {
    file: 'packages/core/src/pipelines/auto.ts',
    pattern: '(?:story|novel|novella',
    reason: `${bounded}; it begins at the beginning of the text`,
  },
  {
    file: 'packages/core/src/ai/scribe/topic.ts',
    pattern: 'new RegExp',
    reason: `${fixed}; at most 20,000 characters are looked at`,
  },
  {
    file: 'packages/core/src/ai/scribe/topic.ts',
    pattern: '[\\d., ]{0,24}',
    reason: `${bounded}; at most 20,000 characters are looked at`,
  },
  {
    file: 'packages/core/src/ai/scribe/topic.ts',
    pattern: '(?:please )?',
    reason: `${bounded}; it begins at the beginning of the text`,
  },
  { file: 'packages/core/src/ai/scribe/plain-reply.ts', pattern: '(\\d[\\d,]{0,6})', reason: bounded },
  {
    file: 'packages/cli/src/config/value.ts',
    pattern: 'new RegExp',
    reason: `${fixed}; it begins at the beginning of the text`,
  },
  { file: 'packages/cli/src/engine/serve.ts', pattern: '(\\d{8}-\\d{6}', reason: bounded },
  {
    file: 'packages/core/src/pipelines/analyze/imports-task.ts',
    pattern: '^(?:from',
    reason: 'it begins at the beginning of a line, where blanks and names take turns',
  },
];
