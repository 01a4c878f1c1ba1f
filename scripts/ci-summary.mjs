// The last line of a CI run: tests and checks together, `N passed, N failed`, and the exit code that goes with it.
import { readFileSync } from 'node:fs';

const [testCode, checkCode] = process.argv.slice(2).map(Number);
const read = (name) => {
  try {
    return JSON.parse(readFileSync(`node_modules/.cache/orc/${name}.json`, 'utf8'));
  } catch {
    return undefined;
  }
};
const tests = read('test-results');
const checks = read('check-results') ?? [];
let passed = (tests?.numPassedTests ?? 0) + checks.filter((check) => check.passed).length;
let failed = (tests?.numFailedTests ?? 0) + checks.filter((check) => !check.passed).length;
const skipped = tests?.numPendingTests ?? 0;
// A step that died without a report is a failure too.
if (testCode !== 0 && (tests?.numFailedTests ?? 0) === 0) failed += 1;
if (checkCode !== 0 && checks.every((check) => check.passed)) failed += 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
