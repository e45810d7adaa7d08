import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { failedFiles, jestReport, junitReport } from '../../scripts/test/reports.mjs';

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
        testResults: [
          { name: 'broken.test.ts', status: 'failed', assertionResults: [] },
          {
            name: 'a.test.ts',
            status: 'failed',
            assertionResults: [
              { fullName: 'a claim', status: 'failed' },
              { fullName: 'good', status: 'passed' },
              { fullName: 'left out', status: 'pending' }
            ]
          }
        ]
      })
    )
  );
  assert.deepEqual([report.passed, report.failed, report.skipped], [1, 2, 1]);
  assert.deepEqual(report.notes, [
    'failed: broken.test.ts does not run',
    'failed: a claim',
    'skipped: left out'
  ]);
});

describe('what failed and was run again', () => {
  const jest = (name, ...results) =>
    written(
      name,
      JSON.stringify({
        testResults: results.map(([file, ...tests]) => ({
          name: file,
          status: tests.some(([, status]) => status === 'failed') ? 'failed' : 'passed',
          assertionResults: tests.map(([fullName, status]) => ({ fullName, status }))
        }))
      })
    );

  test('counts as what it came to then, and is named', () => {
    const first = jest(
      'first.json',
      ['a', ['steady', 'passed'], ['by chance', 'failed'], ['broken', 'failed']],
      ['b', ['other', 'passed']]
    );
    assert.deepEqual(failedFiles(first), ['a']);
    const again = jest('again.json', [
      'a',
      ['steady', 'failed'],
      ['by chance', 'passed'],
      ['broken', 'failed']
    ]);
    const report = jestReport(first, again);
    assert.deepEqual([report.passed, report.failed], [3, 1]);
    assert.deepEqual(report.notes, [
      'failed: broken',
      'UNSTEADY, failed and then passed when run again: by chance'
    ]);
  });

  test('stays failed where the second run says nothing of it', async () => {
    const first = jest('first.json', ['a', ['lost', 'failed']]);
    assert.equal(jestReport(first, jest('again.json')).failed, 1);
    assert.equal(jestReport(first, join(folder, 'none')).failed, 1);
    const failing = '<testcase classname="t" name="bad"><failure message="m"/></testcase>';
    const xml = written('first.xml', `<testsuites><testsuite>${failing}</testsuite></testsuites>`);
    assert.equal((await junitReport(xml, xml)).failed, 1);
    assert.equal((await junitReport(xml, join(folder, 'none'))).failed, 1);
    const good = failing.replace(/<failure.*\/>/, '');
    const passing = written('again.xml', `<testsuites><testsuite>${good}</testsuite></testsuites>`);
    assert.deepEqual((await junitReport(xml, passing)).failed, 0);
  });
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
