import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkout, inCheckout, memory } from './checkout.mjs';
import { ask, run } from './commands.mjs';
import { wheelFingerprint } from './packages.mjs';
import { fingerprint, Stamp } from './stamps.mjs';

/** A virtual environment of Python in the checkout. */
export class Environment {
  #folder;
  #log;

  /** @param {{ name: string, log: string }} options name of the folder; log file for what pip prints */
  constructor({ name, log }) {
    this.#folder = inCheckout(name);
    this.#log = log;
  }

  /** The name of its folder. */
  get name() {
    return basename(this.#folder);
  }

  get exists() {
    return existsSync(this.python);
  }

  /** Path of its Python. */
  get python() {
    return this.program('python');
  }

  /** Path of one of its programs. */
  program(name) {
    return process.platform === 'win32'
      ? join(this.#folder, 'Scripts', `${name}.exe`)
      : join(this.#folder, 'bin', name);
  }

  /**
   * Makes it and installs the packages that the requirement files name, unless that was done.
   * One that was left half done, or whose Python is gone, is made anew.
   *
   * @param {{ python: string, requirements: string[], say: (line: string) => void }} options `python` makes it
   */
  async install({ python, requirements, say }) {
    const stamp = new Stamp('requirements', this.#folder);
    const inputs = fingerprint(requirements);
    const interrupted = [stamp, this.#wheelStamp].some(each => each.compare(inputs) === 'interrupted');
    if (
      !interrupted &&
      stamp.compare(inputs) === 'same' &&
      (await ask(this.python, ['-c', ''])) !== undefined
    ) {
      return 'as before';
    }
    if (interrupted || (await ask(this.python, ['-m', 'pip', '--version'])) === undefined) {
      rmSync(this.#folder, { recursive: true, force: true });
      say('making the environment');
      await run(python, ['-m', 'venv', this.#folder], { log: this.#log, onLine: say });
    }
    const files = requirements.flatMap(file => ['-r', inCheckout(file)]);
    await stamp.during(inputs, () => this.pip(['install', ...files], say));
  }

  /**
   * Builds our wheel from the built sources and installs it, unless that was done for these sources.
   *
   * @param {{ extras?: string[], say: (line: string) => void }} options `extras` of the package, see pyproject.toml
   */
  async installWheel({ extras = [], say }) {
    const inputs = [wheelFingerprint(), ...extras].join(' ');
    const stamp = this.#wheelStamp;
    if (stamp.compare(inputs) === 'same') {
      return 'as before';
    }
    const wheel = await this.#buildWheel(say);
    await stamp.during(inputs, async () => {
      // Its version stays the same from one build to the next, so pip must be told; then what it depends on.
      await this.pip(['install', '--force-reinstall', '--no-deps', wheel], say);
      await this.pip(['install', extras.length > 0 ? `${wheel}[${extras}]` : wheel], say);
    });
  }

  /** Runs pip. */
  async pip([command, ...args], say) {
    const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
    await run(this.python, ['-m', 'pip', command, ...quiet, ...args], {
      cwd: checkout,
      log: this.#log,
      onLine: say
    });
  }

  get #wheelStamp() {
    return new Stamp('wheel', this.#folder);
  }

  async #buildWheel(say) {
    const inputs = wheelFingerprint();
    const folder = join(memory, 'wheel');
    const stamp = new Stamp('wheel');
    if (stamp.compare(inputs) !== 'same' || !wheelIn(folder)) {
      rmSync(folder, { recursive: true, force: true });
      await stamp.during(inputs, async () => {
        // What pyproject.toml asks for. `pip wheel` would make an environment for it, and pack everything twice.
        await this.pip(['install', 'hatchling>=1.27', 'packaging>=23'], say);
        await run(this.python, ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', folder], {
          cwd: checkout,
          env: { DATABRANCH_SKIP_BUILD: '1' },
          log: this.#log,
          onLine: say
        });
      });
    }
    return wheelIn(folder);
  }
}

function wheelIn(folder) {
  const name = existsSync(folder) && readdirSync(folder).find(file => file.endsWith('.whl'));
  return name ? join(folder, name) : undefined;
}
