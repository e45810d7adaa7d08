import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '../checkout.mjs';
import { Environment } from '../environment.mjs';
import { layOutNotebooks } from '../notebooks.mjs';
import { complain, Progress } from '../progress.mjs';
import { SETUP_STEPS, setUp } from '../setup.mjs';
import { openBrowser } from './browser.mjs';
import { Jupyter } from './jupyter.mjs';
import { BadOption, startOptions, USAGE } from './options.mjs';
import { forgetRun, otherRun, recordRun } from './running.mjs';

const jupyterLog = join(memory, 'jupyter.log');
const TUTORIAL = '/lab/tree/tutorial.ipynb';

/** `npm start`. Sets the exit status. @param {string[]} args */
export async function main(args) {
  try {
    const options = startOptions(args);
    if (options.help) {
      console.log(USAGE);
    } else {
      await start(options);
    }
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof BadOption) {
      console.error(`${error.message}\n\n${USAGE}`);
    } else {
      complain(error, 'npm start');
    }
  }
}

async function start(options) {
  const other = await otherRun();
  if (other?.address) {
    console.log(`JupyterLab is running already (npm start, process ${other.pid}):\n\n    ${other.address}\n`);
    if (options.browser) {
      openBrowser(other.address);
    }
    return;
  }
  if (other) {
    throw new Error(
      `another npm start is installing into this checkout (process ${other.pid}); wait for it, or end it`
    );
  }
  recordRun();
  try {
    await installAndRun(options);
  } finally {
    forgetRun();
  }
}

async function installAndRun(options) {
  const log = join(memory, 'start.log');
  writeFileSync(log, '');
  const environment = new Environment({ name: '.venv', log });
  const progress = new Progress({ steps: SETUP_STEPS + 1, log });
  await setUp({ progress, environment, requirements: ['examples/requirements.txt'], log });
  const jupyter = await launch(environment.python, options);
  const ending = endOnSignal(jupyter);
  try {
    await progress.step('Starting JupyterLab and the data service', () => jupyter.ready());
  } catch (error) {
    await jupyter.end();
    if (ending.asked) {
      return;
    }
    throw error;
  }
  recordRun(jupyter.address(TUTORIAL));
  welcome(jupyter, options);
  const how = await jupyter.ended;
  if (!ending.asked) {
    throw new Error(`JupyterLab ${how}; its log is ${jupyterLog}`);
  }
}

function launch(python, { notebooks, data, port, forJupyter }) {
  layOutNotebooks(notebooks);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  return Jupyter.launch({ python, port, folder: notebooks, data, args: forJupyter, log: jupyterLog });
}

/** From here on Ctrl-C ends JupyterLab, which is out of the terminal's reach, before it ends us. */
function endOnSignal(jupyter) {
  const ending = { asked: false };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (!ending.asked) {
        ending.asked = true;
        console.log('\nEnding JupyterLab …');
        jupyter.end();
      }
    });
  }
  return ending;
}

function welcome(jupyter, { browser, data }) {
  const opened = browser && openBrowser(jupyter.address(TUTORIAL));
  console.log(`
JupyterLab is ready${opened ? ' and opens in your browser' : ''}:

    ${jupyter.address(TUTORIAL)}

Data: ${data}. Log: ${jupyterLog}. Spark for the last part of the tutorial: npm run spark.
Ctrl-C ends it.`);
}
