import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Discovery } from '../../src/protocol/databranch';
import { CHECKOUT, PYTHON } from './machine';

/** How long to wait for anything to become so: JupyterLab is up in 5 s on a quiet machine; this one may be busy. */
const PATIENCE_MS = 180_000;

const POLL_MS = 100;

/** Kernels are ended with JupyterLab; one that hangs must not hang the tests. What ends late may still write into its folder. */
const STOP_TIMEOUT_MS = 60_000;
const REMOVALS_MAX = 20;

const TOKEN = 'browser-test';

/** A JupyterLab of its own: an empty home folder, a data folder of its own, free ports. */
export class Jupyter {
  private constructor(
    /** The folder that holds everything. */
    readonly folder: string,
    private readonly _process: ChildProcess
  ) {}

  /**
   * @param options - `rows` of sample data on `quickstart/main`, `repositories` of many objects as bench/populate.mjs
   *   describes them, without either there is no repository at all; `settings` of the extension that differ from its
   *   defaults
   */
  static async start(
    options: { rows?: number; repositories?: string[]; settings?: object } = {}
  ): Promise<Jupyter> {
    const folder = mkdtempSync(join(tmpdir(), 'databranch-browser-'));
    const environment = environmentIn(folder);
    mkdirSync(join(folder, 'work'), { recursive: true });
    // It would ask about news, over the views.
    writeSettings(folder, '@jupyterlab/apputils-extension/notification', { fetchNews: 'false' });
    writeSettings(folder, 'jupyterlab-databranch/plugin', options.settings ?? {});
    if (options.rows !== undefined) {
      await makeQuickstart(folder, options.rows);
    }
    if (options.repositories) {
      makeRepositories(folder, options.repositories);
    }
    const process = spawn(
      PYTHON!,
      [
        ...['-m', 'jupyterlab', '--no-browser', '--allow-root', '--ip=127.0.0.1', '--port=0'],
        `--IdentityProvider.token=${TOKEN}`,
        `--ServerApp.root_dir=${join(folder, 'work')}`
      ],
      { cwd: folder, env: environment, stdio: ['ignore', 'ignore', 'pipe'] }
    );
    const jupyter = new Jupyter(folder, process);
    try {
      jupyter._url = await printed(process, /(http:\/\/127\.0\.0\.1:\d+)\/lab\?token/);
      await jupyter._serviceStarts();
    } catch (error) {
      await jupyter.stop(); // nobody else could, and the tests would never end
      throw error;
    }
    return jupyter;
  }

  /** The address of JupyterLab, with the token that opens it and nothing left over from before. */
  get labAddress(): string {
    return `${this._url}/lab?token=${TOKEN}&reset`;
  }

  /** The service behind it. */
  get service(): Discovery {
    return JSON.parse(readFileSync(join(this.folder, 'data', 'databranch.json'), 'utf8')) as Discovery;
  }

  /**
   * Kills the service as a crash would, and keeps the next one from starting: the folder claims to be of a newer
   * version. @returns what lets it start again
   */
  breakService(): () => void {
    const file = join(this.folder, 'data', 'format');
    const format = readFileSync(file);
    writeFileSync(file, format.toString().replace(/\d+/, '999'));
    process.kill(this.service.pid, 'SIGKILL');
    return () => writeFileSync(file, format);
  }

  /** Asks the service directly, as another client would. */
  async request(method: string, path: string, body?: unknown): Promise<void> {
    const json = { type: 'application/json', content: JSON.stringify(body) };
    await this._send(method, path, body === undefined ? undefined : json);
  }

  /** What the service answers to a GET. */
  async ask(path: string): Promise<unknown> {
    return JSON.parse(await this._send('GET', path));
  }

  /** Writes an object to a branch, as a notebook would. */
  async upload(repository: string, branch: string, path: string, content: BodyInit): Promise<void> {
    const address = `/repositories/${repository}/branches/${branch}/objects?path=${encodeURIComponent(path)}`;
    await this._send('POST', address, { type: 'application/octet-stream', content });
  }

  /** Writes a file to a branch. */
  uploadFile(repository: string, branch: string, path: string, file: string): Promise<void> {
    return this.upload(repository, branch, path, readFileSync(file));
  }

  /** What an object holds. */
  read(repository: string, ref: string, path: string): Promise<string> {
    return this._send(
      'GET',
      `/repositories/${repository}/refs/${ref}/objects?path=${encodeURIComponent(path)}`
    );
  }

  /** Runs Python code as in a notebook beside this JupyterLab. @returns what it prints */
  python(code: string): string {
    const environment = environmentIn(this.folder);
    return execFileSync(PYTHON!, ['-c', code], { cwd: this.folder, env: environment, encoding: 'utf8' });
  }

  /** Path of a file in the folder where notebooks lie. */
  workFile(name: string): string {
    return join(this.folder, 'work', name);
  }

  /** Waits until something is so. @throws Error - when it does not become so */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause(POLL_MS)) {
      if (await isSo()) {
        return;
      }
    }
    throw new Error(`It does not become so: ${String(isSo)}`);
  }

  /** The service comes up a moment after JupyterLab. */
  private _serviceStarts(): Promise<void> {
    return this.until(() =>
      this.request('GET', '/user').then(
        () => true,
        () => false
      )
    );
  }

  private async _send(
    method: string,
    path: string,
    body?: { type: string; content: BodyInit }
  ): Promise<string> {
    const { url, access_key_id, secret_access_key } = this.service;
    const key = Buffer.from(`${access_key_id}:${secret_access_key}`).toString('base64');
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Basic ${key}`, ...(body && { 'Content-Type': body.type }) },
      body: body?.content
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    }
    return text;
  }

  /** Stops JupyterLab and the service, and removes everything. */
  async stop(): Promise<void> {
    const ended = new Promise(resolve => this._process.once('exit', resolve));
    this._process.kill('SIGTERM');
    await Promise.race([ended, pause(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    // Kernels may take their time, the service a minute: nothing of them is of use any more.
    for (const kill of [
      () => this._process.kill('SIGKILL'),
      () => process.kill(this.service.pid, 'SIGKILL')
    ]) {
      try {
        kill();
      } catch {
        // It has ended by itself.
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: REMOVALS_MAX });
  }

  private _url = '';
}

/** Sample files as a user might have them: `part-00000.parquet` … of equal rows, and a CSV file of that name. */
export function writeSampleFiles(folder: string, rows: number, csv = 'reviews.csv'): void {
  const databranch = join(CHECKOUT, 'bin', 'databranch.mjs');
  const sample = (...args: string[]): unknown =>
    execFileSync(process.execPath, [databranch, 'sample', '--rows', String(rows), ...args], {
      stdio: 'pipe'
    });
  sample('--format', 'parquet', '--out', folder);
  sample('--format', 'csv', '--out', join(folder, csv));
}

function environmentIn(folder: string): NodeJS.ProcessEnv {
  // Nothing of whoever runs the tests may show: neither their settings nor their service.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(DATABRANCH_|JUPYTER|LAKECTL_|XDG_)/.test(name)
  );
  return { ...Object.fromEntries(own), HOME: folder, DATABRANCH_DATA: join(folder, 'data') };
}

/** Settings as a user makes them in JupyterLab's editor. */
function writeSettings(folder: string, plugin: string, settings: object): void {
  const file = join(folder, '.jupyter/lab/user-settings', `${plugin}.jupyterlab-settings`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
}

/** Makes repository `quickstart` with a service that ends again; the one behind JupyterLab finds it. */
async function makeQuickstart(folder: string, rows: number): Promise<void> {
  const service = spawn(
    process.execPath,
    [
      join(CHECKOUT, 'bin', 'databranch.mjs'),
      ...['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'data')],
      ...['--quickstart', '--quickstart-rows', String(rows)]
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] }
  );
  await printed(service, /ready/);
  const ended = new Promise(resolve => service.once('close', resolve));
  service.kill('SIGTERM');
  await ended;
}

/** Makes repositories of many objects without a service, which would take long. */
function makeRepositories(folder: string, described: readonly string[]): void {
  const program = join(CHECKOUT, 'bench', 'populate.mjs');
  const data = join(folder, 'data');
  mkdirSync(data);
  execFileSync(process.execPath, [program, data, ...described], { stdio: 'pipe' });
}

/** Waits for a program to print something. @throws Error - when it ends first, with what it printed */
function printed(program: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const late = setTimeout(() => reject(new Error(`It hangs:\n${output}`)), PATIENCE_MS);
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = pattern.exec(output);
      if (found) {
        clearTimeout(late);
        resolve(found[1] ?? found[0]);
      }
    };
    program.stdout?.on('data', look);
    program.stderr?.on('data', look);
    program.once('close', () => reject(new Error(`It ended:\n${output}`)));
  });
}
