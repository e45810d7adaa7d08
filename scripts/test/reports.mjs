import { existsSync, readFileSync } from 'node:fs';

/**
 * What one part of the tests came to.
 *
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} notes names of what failed, and of what was skipped and why
 */

/** A runner that wrote no report got nowhere: that is one failure. */
const NO_REPORT = { passed: 0, failed: 1, skipped: 0, notes: ['failed: the runner ended without a report'] };

/** @param {string} file what `jest --json` wrote @returns {Report} */
export function jestReport(file) {
  if (!existsSync(file)) {
    return NO_REPORT;
  }
  const told = JSON.parse(readFileSync(file, 'utf8'));
  const tests = told.testResults.flatMap(suite =>
    suite.assertionResults.map(({ fullName, status }) => ({ fullName, status }))
  );
  // A file that does not even load has no tests to count, and would go unseen in the sums.
  const broken = told.testResults.filter(
    suite => suite.status === 'failed' && suite.assertionResults.length === 0
  );
  return {
    passed: told.numPassedTests,
    failed: told.numFailedTests + broken.length,
    skipped: told.numPendingTests + told.numTodoTests,
    notes: [
      ...broken.map(({ name }) => `failed: ${name} does not run`),
      ...tests.filter(({ status }) => status === 'failed').map(({ fullName }) => `failed: ${fullName}`),
      ...tests.filter(({ status }) => status === 'pending').map(({ fullName }) => `skipped: ${fullName}`)
    ]
  };
}

/** @param {string} file what pytest or Node's test runner wrote as JUnit XML @returns {Promise<Report>} */
export async function junitReport(file) {
  if (!existsSync(file)) {
    return NO_REPORT;
  }
  // Loaded here: before the set-up the package is not there.
  const { XMLParser } = await import('fast-xml-parser');
  const lists = ['testsuite', 'testcase', 'failure', 'error', 'skipped'];
  const options = { ignoreAttributes: false, attributeNamePrefix: '', isArray: name => lists.includes(name) };
  const cases = testCases(new XMLParser(options).parse(readFileSync(file, 'utf8')).testsuites);
  const failed = cases.filter(({ failure, error }) => failure || error);
  const skipped = cases.filter(test => test.skipped);
  const nameOf = ({ classname, name }) => `${classname} ${name}`;
  return {
    passed: cases.length - failed.length - skipped.length,
    failed: failed.length,
    skipped: skipped.length,
    notes: [
      ...failed.map(test => `failed: ${nameOf(test)}`),
      ...skipped.map(test => `skipped: ${nameOf(test)}: ${test.skipped[0].message}`)
    ]
  };
}

/** Suites may lie in suites, and tests beside them. */
function testCases({ testcase = [], testsuite = [] }) {
  return [...testcase, ...testsuite.flatMap(testCases)];
}
