/** The exit codes, a contract with scripts. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  config: 3,
  auth: 4,
  budget: 5,
  timeout: 6,
  session: 7,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each code means, for the help and the documentation. */
export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.ok, 'the run succeeded (also when the reader of stdout left early)'],
  [exitCodes.failed, 'a phase or the run failed'],
  [exitCodes.usage, 'wrong usage: unknown flag, empty request, a file or folder that cannot be written'],
  [exitCodes.config, 'a configuration or pipeline file is invalid, or an optional part is not installed'],
  [exitCodes.auth, 'the model provider refused the key, or none is configured'],
  [exitCodes.budget, 'the budget or the quota is used up'],
  [exitCodes.timeout, 'a phase or the run took longer than its limit'],
  [exitCodes.session, 'the session cannot be resumed, does not exist, or is in use by another process'],
  [exitCodes.hungUp, 'the terminal was closed (SIGHUP); the session can be resumed'],
  [exitCodes.interrupted, 'interrupted (Ctrl-C); the session can be resumed'],
  [exitCodes.terminated, 'terminated (SIGTERM); the session can be resumed'],
];

const byErrorCode: readonly (readonly [RegExp, ExitCode])[] = [
  [/^ERR_ORC_(DATA_DIR|REQUEST|OPTION)$/, exitCodes.usage],
  [/^ERR_ORC_(SESSION_\w+|PIPELINE_CHANGED)$/, exitCodes.session],
  [/^ERR_ORC_(BUDGET|MODEL_QUOTA)$/, exitCodes.budget],
  [/^ERR_ORC_MODEL_(AUTH|MISSING|PROVIDER|UNKNOWN)$/, exitCodes.auth],
  [/^ERR_(ORC|SCHEDULER|CACHE)_(\w+_)?TIMEOUT$/, exitCodes.timeout],
  [/^ERR_ORC_(PIPELINE|PIPELINE_NOT_FOUND|PIPELINE_FILE|PHASE)$/, exitCodes.config],
];

/** The exit code for an error code of the engine. */
export function exitCodeOf(errorCode: string): ExitCode {
  for (const [pattern, exitCode] of byErrorCode) if (pattern.test(errorCode)) return exitCode;
  return exitCodes.failed;
}
