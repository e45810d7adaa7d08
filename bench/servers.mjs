import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = name => fileURLToPath(new URL(name, import.meta.url));
export const key = { id: 'BENCHBENCHBENCHBENCH', secret: 'benchbenchbenchbenchbenchbenchbenchbench' };

/** A server under test: its port, and how to be rid of it. */
class Server {
  #child;
  port;

  constructor(child, port) {
    this.#child = child;
    this.port = port;
  }

  get host() {
    return `127.0.0.1:${this.port}`;
  }

  /** Anonymous memory in bytes: the heap, not the files that it maps. undefined where the system does not say. */
  get anonymousBytes() {
    const status = `/proc/${this.#child.pid}/status`;
    const kib = existsSync(status) && /RssAnon:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1];
    return kib ? Number(kib) * 1024 : undefined;
  }

  async end() {
    const gone = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
  }
}

/** A folder for a server's data, and how to be rid of it. */
export function dataFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'databranch-bench-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  return { path: data, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The yardstick, see bare-server.mjs. */
export function startBareServer(data) {
  return start([here('bare-server.mjs'), data, key.id, key.secret], /^(\d+)$/m);
}

/** The service as users run it. */
export function startService(data, options = []) {
  const args = [service(), 'serve', '--listen', '127.0.0.1:0', '--data', data, '--log-level', 'warn'];
  return start([...args, ...options], /ready at http:\/\/127\.0\.0\.1:(\d+)/);
}

/** Whether `databranch serve` knows an option. */
export async function offersOption(option) {
  const { stdout } = await promisify(execFile)(process.execPath, [service(), 'serve', '--help']);
  return stdout.includes(option);
}

function service() {
  const program = here('../databranch/service/databranch.mjs');
  if (!existsSync(program)) {
    throw new Error('The service is not built: npm run build');
  }
  return program;
}

function start(args, ready) {
  const env = { ...process.env, DATABRANCH_ACCESS_KEY_ID: key.id, DATABRANCH_SECRET_ACCESS_KEY: key.secret };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      printed += text;
      const port = printed.match(ready)?.[1];
      if (port) {
        resolve(new Server(child, Number(port)));
      }
    });
    child.once('exit', status => reject(new Error(`${args[0]} ended with status ${status}`)));
  });
}
