import { setTimeout } from 'node:timers/promises';
import type { Discovery, Health } from '../../protocol/databranch.js';
import type { DataFolder } from './data-folder.js';
import { readDiscovery } from './discovery.js';
import { lockHolder } from './lock.js';
import { EXIT, Refusal } from './refusal.js';

/** How long a live service may take to say who it is, in milliseconds: it may be hashing or syncing. */
const ANSWER_MS_MAX = 2_000;
/** Between two looks at a service that is just starting. */
const POLL_MS = 100;

/** A service that runs on this machine, spoken to with its own key. */
export class RunningService {
  constructor(readonly discovery: Discovery) {}

  /** What a request needs to be let in. */
  get authorization(): string {
    const { access_key_id: id, secret_access_key: secret } = this.discovery;
    return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  }

  /** Sends a request to the API. @throws Refusal with the service's own words when it refuses. */
  async request(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const { url } = this.discovery;
    const headers = new Headers(init.headers);
    headers.set('authorization', this.authorization);
    const response = await fetch(new URL(`/api/v1${path}`, url), { ...init, method, headers });
    if (!response.ok) {
      const { message } = (await response.json().catch(() => ({}))) as { message?: string };
      throw new Refusal(message ?? `The service at ${url} answered ${response.status} to ${method} ${path}.`);
    }
    return response;
  }

  async json<T>(method: string, path: string, body?: object): Promise<T> {
    const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await this.request(method, path, init);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Whether the key that the discovery file names opens it. */
  async knowsUs(): Promise<boolean> {
    try {
      await this.request('GET', '/user', { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
      return true;
    } catch {
      return false;
    }
  }

  /** Runs `work` with a lease, so that a leased service does not end under it. */
  async leased<T>(work: () => Promise<T>): Promise<T> {
    const lease = new AbortController();
    const { body } = await this.request('GET', '/databranch/lease', { signal: lease.signal });
    try {
      return await work();
    } finally {
      lease.abort();
      await body?.cancel().catch(() => undefined);
    }
  }
}

/**
 * The service that the folder's discovery file tells of, if it is alive. After a crash the file is stale, and
 * another program may have the port by now: it must not be sent our key, so the process is looked at first.
 */
export async function findService(folder: DataFolder): Promise<RunningService | undefined> {
  const discovery = await readDiscovery(folder.discovery);
  const holder = await lockHolder(folder.lock);
  if (!discovery || (holder ?? discovery.pid) !== discovery.pid || !isOurProcess(discovery.pid)) {
    return undefined;
  }
  const service = new RunningService(discovery);
  return (await isHealthy(discovery.url)) && (await service.knowsUs()) ? service : undefined;
}

/** Whether a service like ours answers at `url`; needs and sends no key. */
async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/_health', url), { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return ((await response.json()) as Partial<Health>).status === 'ok';
  } catch {
    return false;
  }
}

/** Alive and of this user. */
function isOurProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @throws Refusal when none runs. */
export async function requireService(folder: DataFolder): Promise<RunningService> {
  const service = await findService(folder);
  if (!service) {
    throw new Refusal(
      `No service runs on ${folder.path}. Start one with 'databranch serve', or name its folder with --data DIR.`,
      EXIT.notRunning
    );
  }
  return service;
}

/** Who holds the folder's lock, as the sentence for whoever came second; waits for one that is just starting. */
export async function alreadyRunning(folder: DataFolder, waitMs: number): Promise<Refusal> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const service = await findService(folder);
    if (service) {
      const { url, pid } = service.discovery;
      return new Refusal(
        `Databranch already runs on ${folder.path}: process ${pid} at ${url}. ` +
          'Use that one, or serve another folder with --data DIR.',
        EXIT.temporary
      );
    }
    if (Date.now() >= deadline) {
      break;
    }
    await setTimeout(POLL_MS);
  }
  const pid = await lockHolder(folder.lock);
  return new Refusal(
    `Another Databranch service (process ${pid ?? 'unknown'}) holds ${folder.path} and does not answer yet. ` +
      'Try again in a moment.',
    EXIT.temporary
  );
}
