import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.mjs';
import { failedFiles, jestReport, junitReport } from './reports.mjs';
import { show } from './show.mjs';

/** So many files (of Jest) or tests (of pytest) that fail are run again with `--again`; more than that is no chance. */
const AGAIN_MAX = 3;

/**
 * What `npm test` consists of. `needs` names what is set up before; `run` answers a report, see summary.mjs.
 * The figures are those of the runners; a check without figures of its own counts only when it fails.
 */
export const parts = [
  { name: 'lint', about: 'style and the import rule', run: lint },
  { name: 'types', about: 'types of TypeScript and Python', run: types },
  { name: 'scripts', about: 'the scripts themselves', run: nodeTests },
  { name: 'jest', about: 'the service and the lab extension', run: jest },
  { name: 'browser', about: 'JupyterLab in a real browser', needs: ['chromium'], run: browser },
  { name: 'pytest', about: 'Python package, clients, Spark, tutorial', needs: ['spark'], run: pytest },
  { name: 'newcomer', about: 'npm start in a fresh clone and an empty home', onRequest: true, run: nodeTests }
];

function lint({ environment }) {
  return checks(['npm', ['run', '--silent', 'lint']], [environment.program('ruff'), ['check', '.']]);
}

function types({ environment }) {
  return checks(['npm', ['run', '--silent', 'types']], [environment.program('mypy'), []]);
}

async function checks(...commands) {
  const statuses = [];
  for (const [program, args] of commands) {
    statuses.push(await show(program, args, { cwd: checkout }));
  }
  const failed = statuses.filter(status => status !== 0).length;
  return { passed: 0, failed, skipped: 0, notes: [], status: Math.max(...statuses) };
}

/** On all cores: much of the time is waiting for disks and processes. */
function jest(options) {
  return jestProjects(['service', 'lab'], ['--maxWorkers=100%'], options);
}

/** One after the other: two browsers on two cores would wait for each other until they run out of time. */
function browser(options) {
  return jestProjects(['browser'], ['--runInBand'], options);
}

async function jestProjects(projects, args, { name, environment, chromium, output, again }) {
  const run = (report, args) =>
    show('npx', ['jest', '--selectProjects', ...projects, '--json', `--outputFile=${report}`, ...args], {
      cwd: checkout,
      fresh: report,
      // Jest writes what a person reads to standard error; with --json its standard output is the report once more.
      silent: true,
      env: {
        DATABRANCH_TEST_PYTHON: environment.python,
        ...(chromium && { DATABRANCH_TEST_CHROMIUM: chromium })
      }
    });
  const report = join(output, `${name}.json`);
  const status = await run(report, args);
  const failed = failedFiles(report);
  if (!again || failed.length === 0 || failed.length > AGAIN_MAX) {
    return { ...jestReport(report), status };
  }
  const second = join(output, `${name}-again.json`);
  const statusAgain = await run(second, ['--runInBand', '--runTestsByPath', ...failed]);
  return { ...jestReport(report, second), status: statusAgain };
}

async function pytest({ environment, output, again }) {
  const run = (report, args) =>
    show(environment.program('pytest'), [`--junitxml=${report}`, '-ra', ...args], {
      cwd: checkout,
      fresh: report
    });
  const folders = ['test/databranch', 'test/clients', 'test/examples'];
  const report = join(output, 'pytest.xml');
  const status = await run(report, folders);
  const first = await junitReport(report);
  if (!again || first.failed === 0 || first.failed > AGAIN_MAX) {
    return { ...first, status };
  }
  const second = join(output, 'pytest-again.xml');
  const statusAgain = await run(second, ['--last-failed', '--last-failed-no-failures=none', ...folders]);
  return { ...(await junitReport(report, second)), status: statusAgain };
}

/** Tests for Node's own runner, in the folder of test/ that has the part's name. */
async function nodeTests({ name, output }) {
  const report = join(output, `${name}.xml`);
  const shown = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const kept = ['--test-reporter=junit', `--test-reporter-destination=${report}`];
  const folder = join(checkout, 'test', name);
  const files = readdirSync(folder).filter(file => file.endsWith('.test.mjs'));
  const status = await show(
    process.execPath,
    ['--test', ...shown, ...kept, ...files.map(file => join(folder, file))],
    {
      cwd: checkout,
      fresh: report
    }
  );
  return { ...(await junitReport(report)), status };
}
