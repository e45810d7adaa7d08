import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = name => fileURLToPath(new URL(name, import.meta.url));
export const key = { id: 'BENCHBENCHBENCHBENCH', secret: 'benchbenchbenchbenchbenchbenchbenchbench' };

/** A server under test: its port, and how to be rid of it and its data. */
class Server {
  #child;
  #folder;
  port;

  constructor(child, folder, port) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
  }

  get host() {
    return `127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.#child.pid;
  }

  async end() {
    const gone = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The yardstick, see bare-server.mjs. */
export function startBareServer() {
  const folder = mkdtempSync(join(tmpdir(), 'bare-server-'));
  return start([here('bare-server.mjs'), folder, key.id, key.secret], folder, /^(\d+)$/m);
}

/** The service as users run it, on an empty data folder. */
export function startService() {
  const program = here('../databranch/service/databranch.mjs');
  if (!existsSync(program)) {
    throw new Error('The service is not built: npm run build');
  }
  const folder = mkdtempSync(join(tmpdir(), 'databranch-bench-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const args = [program, 'serve', '--listen', '127.0.0.1:0', '--data', data, '--log-level', 'warn'];
  return start(args, folder, /ready at http:\/\/127\.0\.0\.1:(\d+)/);
}

function start(args, folder, ready) {
  const env = { ...process.env, DATABRANCH_ACCESS_KEY_ID: key.id, DATABRANCH_SECRET_ACCESS_KEY: key.secret };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      printed += text;
      const port = printed.match(ready)?.[1];
      if (port) {
        resolve(new Server(child, folder, Number(port)));
      }
    });
    child.once('exit', status => reject(new Error(`${args[0]} ended with status ${status}`)));
  });
}
