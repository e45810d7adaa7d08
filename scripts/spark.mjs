#!/usr/bin/env node
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from './checkout.mjs';
import { run } from './commands.mjs';
import { Environment } from './environment.mjs';
import { complain, Progress } from './progress.mjs';
import { SETUP_STEPS, setUp } from './setup.mjs';

/** `npm run spark`: adds Spark to the environment of `npm start`, which it makes if need be. */
async function addSpark() {
  mkdirSync(memory, { recursive: true });
  const log = join(memory, 'spark.log');
  writeFileSync(log, '');
  const environment = new Environment({ name: '.venv', log });
  const progress = new Progress({ steps: SETUP_STEPS + 1, log });
  await setUp({ progress, environment, requirements: ['examples/requirements.txt'], log });
  await progress.step('Spark, and Java where there is none (up to 500 MB to download)', say =>
    run(environment.python, ['-m', 'databranch.local_spark'], { cwd: memory, log, onLine: say }).then(
      () => undefined
    )
  );
  console.log(
    '\nSpark is there: run the Spark cells of the tutorial (again). A running kernel need not be restarted.'
  );
}

addSpark().catch(error => {
  process.exitCode = 1;
  complain(error, 'npm run spark');
});
