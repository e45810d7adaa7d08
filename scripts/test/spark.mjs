import { memory } from '../checkout.mjs';
import { run } from '../commands.mjs';

/** Adds Spark to the environment of the tests, as `npm run spark` adds it to a user's. */
export async function installSpark({ environment, log, say }) {
  await run(environment.python, ['-m', 'databranch.local_spark'], { cwd: memory, log, onLine: say });
}
