import { checkMachine } from './checks.mjs';
import { checkout } from './checkout.mjs';
import { build, installPackages } from './packages.mjs';

/** npm packages, Python environment and build, measured and rounded up. */
const FIRST_MEGABYTES = 3_000;
/** What a later run takes, when all that is there. */
const LATER_MEGABYTES = 300;

/** How many steps {@link setUp} reports. */
export const SETUP_STEPS = 5;

/**
 * Whatever a fresh clone lacks: npm packages, the build, a Python environment with our wheel in it. What is there
 * already and up to date costs a fraction of a second.
 *
 * @param {object} options
 * @param {import('./progress.mjs').Progress} options.progress
 * @param {import('./environment.mjs').Environment} options.environment
 * @param {string[]} options.requirements files of the checkout that name what pip is to install
 * @param {string[]} [options.extras] extras of our wheel
 * @param {string} options.log file for what the commands print
 * @throws {import('./progress.mjs').StepFailed}
 */
export async function setUp({ progress, environment, requirements, extras, log }) {
  let python;
  await progress.step('Looking at this machine', async () => {
    python = await lookAtMachine(environment.exists ? LATER_MEGABYTES : FIRST_MEGABYTES);
  });
  await progress.step('npm packages', say => installPackages({ log, say }));
  await progress.step('Lab extension and data service, built', say => build({ log, say }));
  await progress.step(`Python environment in ${environment.name}`, say =>
    environment.install({ python, requirements, say })
  );
  await progress.step('Databranch in that environment', say => environment.installWheel({ extras, say }));
}

async function lookAtMachine(megabytes) {
  const { python, obstacles } = await checkMachine({ folder: checkout, megabytes });
  if (obstacles.length > 0) {
    const listed = obstacles.map(({ what, help }) => `  * ${what}\n      ${help}`);
    throw new Error(`something is missing that this script cannot install:\n\n${listed.join('\n\n')}\n`);
  }
  return python;
}
