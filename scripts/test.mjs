#!/usr/bin/env node
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inCheckout } from './checkout.mjs';
import { Environment } from './environment.mjs';
import { complain, Progress } from './progress.mjs';
import { SETUP_STEPS, setUp } from './setup.mjs';
import { findChromium } from './test/chromium.mjs';
import { installSpark } from './test/spark.mjs';
import { parts } from './test/parts.mjs';
import { summarize } from './test/summary.mjs';

const USAGE = `npm test [-- --only PART[,PART…]] [--again]

Sets up what the tests need and runs them all. With --again a few tests that fail are run once more by themselves, and
named as unsteady where they pass then. Parts:
${parts.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}
`;

/** `npm test`: sets up what the tests need, runs them, and ends with one line of figures. */
async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, again: { type: 'boolean' }, help: { type: 'boolean' } }
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const chosen = choose(values.only);
  const output = inCheckout('test-output');
  mkdirSync(output, { recursive: true });
  const log = join(output, 'setup.log');
  writeFileSync(log, '');
  const environment = new Environment({ name: '.venv-test', log });
  const needs = new Set(chosen.flatMap(part => part.needs ?? []));
  const progress = new Progress({ steps: SETUP_STEPS + needs.size, log });
  await setUp({
    progress,
    environment,
    requirements: ['examples/requirements.txt', 'test/requirements.txt'],
    extras: ['test', 'lint'],
    log
  });
  const absent = [];
  if (needs.has('spark')) {
    await progress.step('Spark', say => installSpark({ environment, log, say }));
  }
  let chromium;
  if (needs.has('chromium')) {
    await progress.step('Chromium', async say => {
      chromium = await findChromium({ log, say });
      if (!chromium) {
        absent.push('There is no Chromium here and none could be installed: the browser tests are skipped.');
      }
      return chromium ?? 'none';
    });
  }
  const results = [];
  for (const part of chosen) {
    console.log(`\n===== ${part.name}: ${part.about}`);
    results.push({
      name: part.name,
      ...(await part.run({ name: part.name, environment, chromium, output, again: values.again }))
    });
  }
  process.exitCode = summarize(results, absent);
}

/** The parts that `--only` names; without it all but those that run on request alone. */
function choose(only) {
  if (only === undefined) {
    return parts.filter(part => !part.onRequest);
  }
  return only.split(',').map(name => {
    const part = parts.find(candidate => candidate.name === name);
    if (!part) {
      throw new Error(`There is no part "${name}" of the tests.\n\n${USAGE}`);
    }
    return part;
  });
}

main().catch(error => {
  process.exitCode = 1;
  complain(error, 'npm test');
});
