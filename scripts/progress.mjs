import { CommandFailed } from './commands.mjs';

/** How often a running step's line is renewed on a terminal. */
const RENEWAL_MS = 250;

/** A step that failed, for a person: what, why, and the sentence that helps. */
export class StepFailed extends Error {
  constructor(title, cause, log) {
    super(`${title}: ${cause.message}`);
    this.tail = cause instanceof CommandFailed ? cause.tail : [];
    this.log = log;
    this.help = cause.help;
  }
}

/**
 * Tells a person which step runs, how long it has been at it, and what it does just now.
 * On a terminal one line renews itself; elsewhere each step prints one line when it begins and one when it ends.
 */
export class Progress {
  #out;
  #log;
  #terminal;
  #count = 0;
  #total;

  /** @param {{ steps: number, log: string, out?: NodeJS.WriteStream }} options */
  constructor({ steps, log, out = process.stdout }) {
    this.#total = steps;
    this.#log = log;
    this.#out = out;
    this.#terminal = Boolean(out.isTTY);
  }

  /**
   * @param {string} title
   * @param {(say: (line: string) => void) => Promise<string | void>} work answers a word on how it went, e.g. "as before"
   * @throws {StepFailed}
   */
  async step(title, work) {
    const head = `[${++this.#count}/${this.#total}] ${title}`;
    const began = Date.now();
    let doing = '';
    const seconds = () => Math.round((Date.now() - began) / 1000);
    const renew = () => this.#renew(`${head} … ${seconds()} s  ${doing}`);
    const timer = this.#terminal ? setInterval(renew, RENEWAL_MS) : undefined;
    if (!this.#terminal) {
      this.#out.write(`${head} …\n`);
    }
    try {
      const word = (await work(line => (doing = line.trim()))) ?? 'done';
      this.#end(`${head}: ${word}${seconds() > 0 ? ` (${seconds()} s)` : ''}`);
    } catch (error) {
      this.#end(`${head}: failed`);
      throw new StepFailed(title, error, this.#log);
    } finally {
      clearInterval(timer);
    }
  }

  #renew(line) {
    this.#out.write(`\r\x1b[2K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }

  #end(line) {
    this.#out.write(this.#terminal ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }
}

/**
 * Tells a person on standard error why a command did not get there, and what to do.
 *
 * @param {Error} error
 * @param {string} command what to run again
 */
export function complain(error, command) {
  const tail = (error.tail ?? []).map(line => `  | ${line}`);
  console.error(['', ...tail, error.message, ...(error.help ? [error.help] : [])].join('\n'));
  if (error instanceof StepFailed) {
    console.error(`The whole log: ${error.log}. Then run ${command} again: what is done stays done.`);
  }
}
