import { existsSync, readFileSync } from 'node:fs';

/**
 * What one part of the tests came to.
 *
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} notes names of what failed, of what passed only when run again, and of what was skipped and why
 */

/** A runner that wrote no report got nowhere: that is one failure. */
const NO_REPORT = { passed: 0, failed: 1, skipped: 0, notes: ['failed: the runner ended without a report'] };

/**
 * What became of one test.
 *
 * @typedef {object} Told
 * @property {string} id the same when it is run again
 * @property {string} name
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {string} [why] it was skipped
 */

/**
 * @param {string} file what `jest --json` wrote
 * @param {string} [again] what it wrote of those files that failed, run once more
 * @returns {Report}
 */
export function jestReport(file, again) {
  return reportOf(jestTests(file), again && jestTests(again));
}

/** The files in which something failed. @param {string} file what `jest --json` wrote @returns {string[]} */
export function failedFiles(file) {
  return existsSync(file)
    ? suitesOf(file)
        .filter(({ status }) => status === 'failed')
        .map(({ name }) => name)
    : [];
}

function jestTests(file) {
  return (
    existsSync(file) &&
    suitesOf(file).flatMap(({ name, status, assertionResults }) =>
      // A file that does not even load has no tests to count, and would go unseen in the sums.
      status === 'failed' && assertionResults.length === 0
        ? [{ id: name, name: `${name} does not run`, status: 'failed' }]
        : assertionResults.map(({ fullName, status }) => ({
            id: `${name} ${fullName}`,
            name: fullName,
            status: JEST_STATUS[status]
          }))
    )
  );
}

const suitesOf = file => JSON.parse(readFileSync(file, 'utf8')).testResults;
const JEST_STATUS = { passed: 'passed', failed: 'failed', pending: 'skipped', todo: 'skipped' };

/**
 * @param {string} file what pytest or Node's test runner wrote as JUnit XML
 * @param {string} [again] what it wrote of those tests that failed, run once more
 * @returns {Promise<Report>}
 */
export async function junitReport(file, again) {
  return reportOf(await junitTests(file), again && (await junitTests(again)));
}

async function junitTests(file) {
  if (!existsSync(file)) {
    return false;
  }
  // Loaded here: before the set-up the package is not there.
  const { XMLParser } = await import('fast-xml-parser');
  const lists = ['testsuite', 'testcase', 'failure', 'error', 'skipped'];
  const options = { ignoreAttributes: false, attributeNamePrefix: '', isArray: name => lists.includes(name) };
  const cases = testCases(new XMLParser(options).parse(readFileSync(file, 'utf8')).testsuites);
  return cases.map(({ classname, name, failure, error, skipped }) => ({
    id: `${classname} ${name}`,
    name: `${classname} ${name}`,
    status: failure || error ? 'failed' : skipped ? 'skipped' : 'passed',
    why: skipped?.[0].message
  }));
}

/** Suites may lie in suites, and tests beside them. */
function testCases({ testcase = [], testsuite = [] }) {
  return [...testcase, ...testsuite.flatMap(testCases)];
}

/**
 * A test that failed counts as what it came to when it was run again; it is named either way.
 *
 * @param {Told[] | false} first false: there is no report
 * @param {Told[] | false} [again]
 * @returns {Report}
 */
function reportOf(first, again) {
  if (!first || again === false) {
    return NO_REPORT;
  }
  const second = new Map(again?.map(test => [test.id, test]));
  const tests = first.map(test => (test.status === 'failed' && second.get(test.id)) || test);
  const unsteady = first.filter((test, i) => test.status === 'failed' && tests[i].status === 'passed');
  const having = status => tests.filter(test => test.status === status);
  return {
    passed: having('passed').length,
    failed: having('failed').length,
    skipped: having('skipped').length,
    notes: [
      ...having('failed').map(({ name }) => `failed: ${name}`),
      ...unsteady.map(({ name }) => `UNSTEADY, failed and then passed when run again: ${name}`),
      ...having('skipped').map(({ name, why }) => `skipped: ${name}${why ? `: ${why}` : ''}`)
    ]
  };
}
