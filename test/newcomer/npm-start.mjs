import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** A cold first start: downloads of some 400 MB, a build, an environment. */
const PATIENCE_MS = 15 * 60_000;
const POLL_MS = 100;

/** One run of `npm start` in a clone, as if typed by a person whose home folder is `home`. */
export class NpmStart {
  output = '';
  /** Its exit status; null when a signal ended it. */
  ended;
  #child;
  #base;
  #token;

  constructor({ clone, home }) {
    // Caches and settings that the environment names are as good as in the home folder.
    const {
      XDG_DATA_HOME,
      XDG_CACHE_HOME,
      XDG_CONFIG_HOME,
      JUPYTER_CONFIG_DIR,
      PIP_FIND_LINKS,
      ...environment
    } = process.env;
    const own = Object.fromEntries(
      Object.entries(environment).filter(([name]) => !/^(npm_|DATABRANCH_|AWS_[AS]|LAKECTL_)/.test(name))
    );
    this.#child = spawn('npm', ['start', '--', '--no-browser', '--port', '0'], {
      cwd: clone,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...own, HOME: home },
      // A group of its own, so that it can be killed whole, as when a terminal's machine goes down.
      detached: true
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', text => (this.output += text));
    }
    this.ended = new Promise(resolve => this.#child.on('close', code => resolve(code)));
  }

  /** Waits for it to print something. */
  async printed(pattern) {
    let over = false;
    this.ended.then(() => (over = true));
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = this.output.match(pattern);
      if (found) {
        return found;
      }
      if (over || Date.now() > deadline) {
        throw new Error(`npm start ${over ? 'ended' : 'hangs'} without printing ${pattern}:\n${this.output}`);
      }
      await pause(POLL_MS);
    }
  }

  /** Where JupyterLab is, once it is ready. */
  async address() {
    const [, base, port, path, token] = await this.printed(
      /(http:\/\/127\.0\.0\.1:(\d+))(\S*?)\?token=(\w+)/
    );
    this.#base = base;
    this.#token = token;
    return { port, path };
  }

  /** What JupyterLab answers, parsed. */
  async get(path) {
    return JSON.parse(await this.page(path));
  }

  async page(path) {
    const answer = await fetch(this.#base + path, { headers: { Authorization: `token ${this.#token}` } });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`GET ${path}: ${answer.status} ${text}`);
    }
    return text;
  }

  /** Ctrl-C. Answers whether nothing of it is left. (npm's own exit status tells of the signal, not of us.) */
  async interrupt() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      process.kill(-this.#child.pid, 'SIGINT');
    }
    await this.ended;
    const left = await this.page('/api/status').catch(() => undefined);
    return left === undefined;
  }

  /** The power goes. */
  async kill() {
    process.kill(-this.#child.pid, 'SIGKILL');
    await this.ended;
  }
}
