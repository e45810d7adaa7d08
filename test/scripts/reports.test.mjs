import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { jestReport, junitReport } from '../../scripts/test/reports.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'reports-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(name, text) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('a runner that wrote no report counts as one failure', async () => {
  assert.equal(jestReport(join(folder, 'none')).failed, 1);
  assert.equal((await junitReport(join(folder, 'none'))).failed, 1);
});

test("Jest's figures are taken, and a file that does not load counts as a failure", () => {
  const report = jestReport(
    written(
      'jest.json',
      JSON.stringify({
        numPassedTests: 3,
        numFailedTests: 1,
        numPendingTests: 1,
        numTodoTests: 0,
        testResults: [
          { name: 'broken.test.ts', status: 'failed', assertionResults: [] },
          {
            name: 'a.test.ts',
            status: 'failed',
            assertionResults: [{ fullName: 'a claim', status: 'failed' }]
          }
        ]
      })
    )
  );
  assert.deepEqual([report.passed, report.failed, report.skipped], [3, 2, 1]);
  assert.deepEqual(report.notes, ['failed: broken.test.ts does not run', 'failed: a claim']);
});

test('JUnit figures are summed over nested suites, and what was skipped says why', async () => {
  const report = await junitReport(
    written(
      'junit.xml',
      `<testsuites><testcase classname="t" name="top"/><testsuite><testcase classname="t" name="good"/>
       <testcase classname="t" name="bad"><failure message="m">text</failure></testcase><testsuite>
       <testcase classname="t" name="left out"><skipped message="no Java"/></testcase></testsuite></testsuite></testsuites>`
    )
  );
  assert.deepEqual([report.passed, report.failed, report.skipped], [2, 1, 1]);
  assert.deepEqual(report.notes, ['failed: t bad', 'skipped: t left out: no Java']);
});
