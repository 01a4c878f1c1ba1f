/**
 * Whether tests that need a part of the machine are left out, said out loud. In CI they run, and fail, rather than being left out unseen;
 * `ORC_TEST_ALLOW_SKIPS=1` says that this CI machine is known to lack such parts.
 */
export function leftOut(tests: string, missing: string | undefined): boolean {
  if (missing === undefined) return false;
  const { CI: ci = '', ORC_TEST_ALLOW_SKIPS: allowed } = process.env;
  if (ci !== '' && allowed !== '1') return false;
  // oxlint-disable-next-line no-console -- a test that is left out must be seen
  console.warn(`SKIPPED: ${tests}, because ${missing}`);
  return true;
}
