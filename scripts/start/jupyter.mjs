import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './port.mjs';

/** Cold file caches and a slow disk included; warm it takes three seconds. */
const READY_MS = 120_000;
const POLL_MS = 100;
/** The same refusal this often is final: ten seconds of them, during which the start was tried again several times. */
const REFUSALS_MAX = 100;
/** How long JupyterLab may take to end its kernels. */
const END_MS = 15_000;
/** Lines of JupyterLab's log that are shown when it fails. */
const TAIL_LINES = 25;

/** JupyterLab did not come up, or went down. */
export class JupyterFailed extends Error {
  constructor(message, log) {
    super(message);
    this.tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
  }
}

/** A JupyterLab that this process started, with the data service behind it. */
export class Jupyter {
  #child;
  #log;
  #base;
  #token;
  /** Resolved with a word on how, once its process is gone. */
  ended;

  /**
   * @param {object} options
   * @param {string} options.python the environment's Python
   * @param {number | undefined} options.port see freePort
   * @param {string} options.folder what JupyterLab shows
   * @param {string} options.data the data service's folder
   * @param {string[]} options.args further options of JupyterLab
   * @param {string} options.log file for what it prints
   */
  static async launch({ python, port, folder, data, args, log }) {
    return new Jupyter({ python, port: await freePort(port), folder, data, args, log });
  }

  constructor({ python, port, folder, data, args, log }) {
    this.#log = log;
    this.#base = `http://127.0.0.1:${port}`;
    this.#token = randomBytes(24).toString('hex');
    const output = openSync(log, 'w');
    this.#child = spawn(python, ['-m', 'jupyterlab', ...options(port, folder), ...args], {
      cwd: folder,
      stdio: ['ignore', output, output],
      // Out of the terminal's group: Ctrl-C comes to us, and we end it without its question "Shut down (y/[n])?".
      // (On Windows that would open a second console.)
      detached: process.platform !== 'win32',
      env: {
        ...process.env,
        // Not on the command line, where everybody on the machine could read it.
        JUPYTER_TOKEN: this.#token,
        DATABRANCH_DATA: data,
        DATABRANCH_QUICKSTART: '1'
      }
    });
    closeSync(output);
    this.ended = new Promise(resolve => {
      this.#child.on('error', error => resolve(`could not be started: ${error.message}`));
      this.#child.on('exit', (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `ended with status ${code}`)
      );
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** The address for a browser, with the token that opens it. */
  address(path = '/lab') {
    return `${this.#base}${path}?token=${this.#token}`;
  }

  /**
   * Waits until it and the data service answer.
   *
   * @throws {JupyterFailed} when it ends before, takes longer than two minutes, or says that the service cannot start
   */
  async ready() {
    const deadline = Date.now() + READY_MS;
    let gone;
    this.ended.then(how => (gone = how));
    for (const path of ['/api/status', SERVICE_PATH]) {
      const refusals = new Map();
      for (let answer = await this.#ask(path); !answer?.ok; answer = await this.#ask(path)) {
        if (gone) {
          throw new JupyterFailed(`JupyterLab ${gone}`, this.#log);
        }
        const told = (refusals.get(answer?.message) ?? 0) + 1;
        if (answer?.status === 503 && told > REFUSALS_MAX) {
          throw new JupyterFailed(`the data service does not start: ${answer.message}`, this.#log);
        }
        refusals.set(answer?.message, told);
        if (Date.now() > deadline) {
          throw new JupyterFailed(`JupyterLab does not answer at ${this.#base}${path}`, this.#log);
        }
        await pause(POLL_MS);
      }
    }
  }

  /** Ends it and its kernels; the data service follows when nobody uses it any more. */
  async end() {
    signal(this.#child, 'SIGTERM');
    const late = await Promise.race([this.ended, pause(END_MS, true, { ref: false })]);
    if (late === true) {
      signal(this.#child, 'SIGKILL');
      await this.ended;
    }
  }

  /** What it answers: a status, and where it refuses, why. Undefined while nobody listens. */
  async #ask(path) {
    try {
      const answer = await fetch(`${this.#base}${path}`, {
        headers: { Authorization: `token ${this.#token}` }
      });
      const { message } = await answer.json().catch(() => ({}));
      return { ok: answer.ok, status: answer.status, message };
    } catch {
      return undefined;
    }
  }
}

/** Goes through our Jupyter server extension to the data service and back. */
const SERVICE_PATH = '/databranch/api/v1/repositories/quickstart';

function options(port, folder) {
  const chosen = [
    `--ServerApp.root_dir=${folder}`,
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    '--no-browser'
  ];
  // JupyterLab refuses root unless told; in a container one is root, and it listens to this machine alone.
  return process.getuid?.() === 0 ? [...chosen, '--allow-root'] : chosen;
}

function signal(child, name) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(name);
  }
}
