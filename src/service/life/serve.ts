import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { LOOPBACK_HOSTS } from '../auth/visitors.js';
import { createS3 } from '../s3/handler.js';
import { createServer, type Server, type ServerOptions } from '../server.js';
import { collectDaily } from './collecting.js';
import { FORMAT_VERSION, discardLeftovers, openDataFolder, type DataFolder } from './data-folder.js';
import { removeDiscovery, writeDiscovery } from './discovery.js';
import { expireHourly } from './expiring.js';
import { openImportRoots } from './import-roots.js';
import { countStart, rememberPort, type LastStart } from './last-start.js';
import { Leases } from './leases.js';
import { urlOf, type ListenAddress } from './listen-address.js';
import { takeLock } from './lock.js';
import { commitSample, makeQuickstart } from './quickstart.js';
import { EXIT, Refusal } from './refusal.js';
import { alreadyRunning } from './running-service.js';
import { openStore, type InitialKey, type Store } from './store.js';

/** How long a second starter waits to be able to name the first one's address, in milliseconds. */
const OTHER_STARTING_MS_MAX = 10_000;
/** Rows of the sample in a repository that a client makes with `sample_data`: it waits for them. */
const SAMPLE_DATA_ROWS = 48_600;

export interface ServeOptions {
  /** The data folder. */
  data: string;
  listen: ListenAddress;
  /** How long a leased service goes on without a lease, in milliseconds; undefined: it is not leased. */
  leaseGraceMs?: number;
  /** Rows of the quickstart's sample; undefined: no quickstart. */
  quickstartRows?: number;
  initialKey?: InitialKey;
  /** Folders below which local files may be imported. */
  importRoots: string[];
  /** How long verbs can be undone, in days. */
  undoDays: number;
  version: string;
  /** Where the bundle of sample/part-worker lies. */
  sampleWorker: URL;
  /** Where the bundle of rows/engine/engine-process lies. */
  engineProcess: URL;
  /** Where the bundle of rows/preview/preview-worker lies. */
  previewWorker: URL;
  /** Where the bundle of catalog/hashing/hash-worker lies. */
  hashWorker: URL;
  /** Where the bundle of rows/formats/footer-worker lies. */
  footerWorker: URL;
  log: Logger;
  /** Aborts when the service has to stop; the reason is a text. */
  stop: AbortController;
  /** Called when the service answers at `url`. */
  onReady(url: string, folder: string): void;
}

/**
 * Serves a data folder until `stop` aborts or the last lease is gone; then resolves, with everything closed.
 *
 * @throws Refusal when the folder or the port is not to be had.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const folder = await openDataFolder(options.data);
  const importRoots = await openImportRoots(options.importRoots, folder);
  const lock = await takeLock(folder.lock);
  if (!lock) {
    throw await alreadyRunning(folder, OTHER_STARTING_MS_MAX);
  }
  try {
    // What a crash left: an address at which nobody answers, and files half written.
    await removeDiscovery(folder.discovery);
    await discardLeftovers(folder);
    const thisStart = await countStart(folder.lastStart);
    const store = await openStore(folder, { ...options, importRoots, start: thisStart.start });
    try {
      await serveStore(folder, thisStart, store, options);
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}

async function serveStore(
  folder: DataFolder,
  thisStart: LastStart,
  store: Store,
  options: ServeOptions
): Promise<void> {
  const { log, stop, version } = options;
  const leases = new Leases(options.leaseGraceMs, () => stop.abort('no lease is left'));
  const server = createServer(serverOptions(store, leases, options));
  try {
    const port = await listen(server, options, thisStart);
    await rememberPort(folder.lastStart, thisStart, port);
    await quickstart(store, options);
    if (stop.signal.aborted) {
      return;
    }
    const url = urlOf({ ...options.listen, port });
    const { accessKeyId, secretAccessKey } = store.keys.own;
    await writeDiscovery(folder.discovery, {
      url,
      pid: process.pid,
      start: thisStart.start,
      format: FORMAT_VERSION,
      version,
      access_key_id: accessKeyId,
      secret_access_key: secretAccessKey
    });
    leases.start();
    log.info({ url, data: folder.path, start: thisStart.start, version }, 'ready');
    options.onReady(url, folder.path);
    const stopCollecting = collectDaily(store.catalog, log);
    const stopExpiring = expireHourly(store, log);
    await aborted(stop.signal);
    stopCollecting();
    await stopExpiring();
    log.info({ reason: stop.signal.reason }, 'stopping');
  } finally {
    leases.stop();
    await removeDiscovery(folder.discovery);
    await server.close();
  }
}

function serverOptions(store: Store, leases: Leases, options: ServeOptions): ServerOptions {
  const { catalog, keys, rows } = store;
  const { log, version } = options;
  const s3 = createS3({ catalog, keys, log, now: Date.now });
  return {
    catalog,
    keys,
    rows,
    leases,
    s3: s3.handle,
    s3AwaitingContinue: s3.handle,
    sampleData: repository =>
      commitSample(catalog, repository, {
        rows: SAMPLE_DATA_ROWS,
        committer: keys.own.user,
        workerUrl: options.sampleWorker
      }),
    hosts: [...new Set([...LOOPBACK_HOSTS, options.listen.host])],
    log,
    version
  };
}

/**
 * Binds the port. A leased service is found by its discovery file, so that any port will do; it prefers the
 * one it was told, then its last one, because sessions still hold addresses with that.
 */
async function listen(server: Server, options: ServeOptions, { port: lastPort }: LastStart): Promise<number> {
  const { host, port } = options.listen;
  const ports = options.leaseGraceMs === undefined ? [port] : [port || (lastPort ?? 0), 0];
  for (const candidate of ports) {
    try {
      return ((await server.listen({ host, port: candidate })) as AddressInfo).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES') {
        throw new Refusal(`Port ${candidate} is not yours to use. Choose one above 1023.`, EXIT.unavailable);
      }
      if (code !== 'EADDRINUSE') {
        throw error;
      }
    }
  }
  throw new Refusal(
    `Port ${port} on ${host} is in use by another program. Stop that one, or choose another port with ` +
      `--listen ${host}:PORT (0: any that is free).`,
    EXIT.unavailable
  );
}

async function quickstart({ catalog, keys }: Store, options: ServeOptions): Promise<void> {
  if (options.quickstartRows === undefined) {
    return;
  }
  const begin = performance.now();
  const made = await makeQuickstart(catalog, {
    rows: options.quickstartRows,
    committer: keys.own.user,
    workerUrl: options.sampleWorker
  });
  if (made) {
    const ms = Math.round(performance.now() - begin);
    options.log.info({ rows: options.quickstartRows, ms }, 'quickstart made');
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await once(signal, 'abort');
  }
}
