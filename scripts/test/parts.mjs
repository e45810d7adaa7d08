import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.mjs';
import { jestReport, junitReport } from './reports.mjs';
import { show } from './show.mjs';

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

async function jestProjects(projects, args, { name, environment, chromium, output }) {
  const report = join(output, `${name}.json`);
  const chosen = ['jest', '--selectProjects', ...projects, '--json', `--outputFile=${report}`, ...args];
  const status = await show('npx', chosen, {
    cwd: checkout,
    fresh: report,
    // Jest writes what a person reads to standard error; with --json its standard output is the report once more.
    silent: true,
    env: {
      DATABRANCH_TEST_PYTHON: environment.python,
      ...(chromium && { DATABRANCH_TEST_CHROMIUM: chromium })
    }
  });
  return { ...jestReport(report), status };
}

async function pytest({ environment, output }) {
  const report = join(output, 'pytest.xml');
  const args = [`--junitxml=${report}`, '-ra', 'test/databranch', 'test/clients', 'test/examples'];
  const status = await show(environment.program('pytest'), args, {
    cwd: checkout,
    fresh: report
  });
  return { ...(await junitReport(report)), status };
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
