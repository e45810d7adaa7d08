import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Discovery } from '../../../src/protocol/databranch.js';

const root = join(__dirname, '..', '..', '..');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The bundled command line, built for one test file, and what it started. */
export class CommandLine {
  private readonly started: ServiceProcess[] = [];
  private readonly attached: AttachedService[] = [];

  private constructor(
    private readonly folder: string,
    readonly program: string
  ) {}

  static async build(): Promise<CommandLine> {
    const folder = await mkdtemp(join(tmpdir(), 'databranch-life-'));
    const bundle = join(folder, 'bundle');
    await promisify(execFile)(process.execPath, [
      join(root, 'scripts', 'bundle-service.mjs'),
      '--out',
      bundle
    ]);
    return new CommandLine(folder, join(bundle, 'databranch.mjs'));
  }

  /** A path for a data folder; nothing is there yet. */
  async newFolder(): Promise<string> {
    return join(await mkdtemp(join(this.folder, 'data-')), 'data');
  }

  /** Starts `serve` on any free port, unless `args` name one. */
  serve(data: string, args: string[] = [], environment: Record<string, string> = {}): ServiceProcess {
    const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
    const child = spawn(process.execPath, [this.program, 'serve', '--data', data, ...listen, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), ...environment }
    });
    const service = new ServiceProcess(child, data);
    this.started.push(service);
    return service;
  }

  /** A service that somebody else started; it is ended with the rest. */
  attach(data: string, pid: number): AttachedService {
    const service = new AttachedService(data, pid);
    this.attached.push(service);
    return service;
  }

  /** Runs a command to its end. */
  async run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [this.program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnvironment()
    });
    const run = new ServiceProcess(child, '');
    const { code } = await run.ended;
    return { code, stdout: run.stdout, stderr: run.stderr };
  }

  /** Ends what a failed test left running, and removes everything. */
  async remove(): Promise<void> {
    for (const service of this.started) {
      service.kill('SIGKILL');
      await service.ended;
    }
    for (const { pid } of this.attached.filter(service => isAlive(service.pid))) {
      process.kill(pid, 'SIGKILL');
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A service, known by its folder. */
export class Service {
  constructor(readonly data: string) {}

  async discovery(): Promise<Discovery> {
    return JSON.parse(await readFile(join(this.data, 'databranch.json'), 'utf8')) as Discovery;
  }

  /** Asks the API with the discovery file's key. */
  async api(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const { url, access_key_id: id, secret_access_key: secret } = await this.discovery();
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const headers = { authorization, ...(init.headers as Record<string, string>) };
    return fetch(`${url}/api/v1${path}`, { ...init, method, headers });
  }

  async json<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.api(method, path, {
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return (await response.json()) as T;
  }

  /** Takes a lease; the function returns it. */
  async lease(): Promise<() => void> {
    const abort = new AbortController();
    const response = await this.api('GET', '/databranch/lease', { signal: abort.signal });
    if (response.status !== 200) {
      throw new Error(`No lease: ${response.status}`);
    }
    // Read as it comes: a lease is held as long as the answer is open.
    response.body!.pipeTo(new WritableStream()).catch(() => undefined);
    return () => abort.abort();
  }
}

/** A service that is no child of ours. */
export class AttachedService extends Service {
  constructor(
    data: string,
    readonly pid: number
  ) {
    super(data);
  }

  /** Waits for its discovery file. */
  async found(): Promise<void> {
    await until(() =>
      this.discovery().then(
        () => true,
        () => false
      )
    );
  }

  /** Waits for its process to end. */
  async gone(): Promise<void> {
    await until(async () => !isAlive(this.pid));
  }
}

/** A running `serve`, started here. */
export class ServiceProcess extends Service {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  private readonly readyOrEnded: Promise<void>;

  constructor(
    readonly child: ChildProcess,
    data: string
  ) {
    super(data);
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    const line = new Promise<void>(resolve => {
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        this.stdout += text;
        if (this.stdout.includes('\n')) resolve();
      });
    });
    this.ended = new Promise(resolve => child.on('close', (code, signal) => resolve({ code, signal })));
    this.readyOrEnded = Promise.race([line, this.ended.then(() => undefined)]);
  }

  /** Waits for the ready line. @throws with what the process said when it ended instead */
  async ready(): Promise<this> {
    await this.readyOrEnded;
    if (!this.isReady) {
      throw new Error(`The service did not start: ${this.stderr}`);
    }
    return this;
  }

  get isReady(): boolean {
    return this.stdout.startsWith('Databranch is ready at ');
  }

  get url(): string {
    return /^Databranch is ready at (\S+) /.exec(this.stdout)![1]!;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(): Promise<Ended> {
    this.kill('SIGTERM');
    return this.ended;
  }
}

/** Asks again until the answer is yes; the test's own time limit ends it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Without what the person who runs the tests has set for a service of their own. */
function cleanEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('DATABRANCH_'))
  ) as Record<string, string>;
}
