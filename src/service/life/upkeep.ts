import type {
  ArchiveFigures,
  FsckFinding,
  FsckReport,
  GcFigures,
  GcResult
} from '../../protocol/databranch.js';
import { openLocalBlocks } from '../blocks/local.js';
import { openCatalog, type Catalog } from '../catalog/catalog.js';
import { uploadArchive } from './archive-upload.js';
import type { DataFolder } from './data-folder.js';
import { eventsOf } from './event-stream.js';
import { countStart } from './last-start.js';
import { offline } from './offline.js';
import { openKv } from './open-kv.js';
import { Refusal } from './refusal.js';
import { findService, type RunningService } from './running-service.js';

/** What a person does to keep a store in order. */
export interface Upkeep {
  check(options: { contents: boolean }, onFinding: (finding: FsckFinding) => void): Promise<FsckReport>;
  collect(options: { dryRun: boolean }, onRepository: (figures: GcFigures) => void): Promise<GcResult>;
  /** `uncommitted` names the branches with changes that the archive does not have. */
  export(repository: string): Promise<{ bytes: AsyncIterable<Uint8Array>; uncommitted: string[] }>;
  import(bytes: AsyncIterable<Uint8Array>, repository?: string): Promise<ArchiveFigures>;
}

/**
 * Runs `work` through the service when one runs, else on the folder itself, whose lock is held meanwhile.
 * @param undoDays how long verbs can be undone; a service that runs has its own number
 */
export async function withUpkeep<T>(
  folder: DataFolder,
  work: (upkeep: Upkeep) => Promise<T>,
  undoDays?: number
): Promise<T> {
  const service = await findService(folder);
  if (service) {
    return service.leased(() => work(new UpkeepOfService(service)));
  }
  return offline(folder, async () => {
    const kv = await openKv(folder);
    try {
      const { start } = await countStart(folder.lastStart);
      const blocks = await openLocalBlocks({ folder: folder.blocks, start });
      const failures: unknown[] = [];
      const onError = (error: unknown) => void failures.push(error);
      const catalog = await openCatalog({ kv, blocks, now: Date.now, undoDays, onError });
      try {
        const result = await work(new UpkeepOfFolder(catalog));
        if (failures.length > 0) {
          throw failures[0];
        }
        return result;
      } finally {
        await catalog.close();
      }
    } finally {
      await kv.close();
    }
  });
}

class UpkeepOfService implements Upkeep {
  constructor(private readonly service: RunningService) {}

  check({ contents }: { contents: boolean }, onFinding: (finding: FsckFinding) => void): Promise<FsckReport> {
    return this.result('GET', `/databranch/fsck?contents=${contents}`, 'finding', onFinding);
  }

  collect({ dryRun }: { dryRun: boolean }, onRepository: (figures: GcFigures) => void): Promise<GcResult> {
    const init = {
      body: JSON.stringify({ dry_run: dryRun }),
      headers: { 'content-type': 'application/json' }
    };
    return this.result('POST', '/databranch/gc', 'repository', onRepository, init);
  }

  async export(repository: string) {
    const path = `/databranch/repositories/${encodeURIComponent(repository)}/archive`;
    const response = await this.service.request('GET', path);
    const uncommitted = response.headers.get('x-databranch-uncommitted')?.split(',').filter(Boolean) ?? [];
    return { bytes: whole(response), uncommitted };
  }

  import(bytes: AsyncIterable<Uint8Array>, repository?: string): Promise<ArchiveFigures> {
    return uploadArchive(this.service, bytes, repository);
  }

  /** The data of the last event; those named `step` are passed on as they come. */
  private async result<Step, Result>(
    method: string,
    path: string,
    step: string,
    onStep: (data: Step) => void,
    init: RequestInit = {}
  ): Promise<Result> {
    const headers = { ...init.headers, accept: 'text/event-stream' };
    const response = await this.service.request(method, path, { ...init, headers });
    for await (const { event, data } of eventsOf(response)) {
      if (event === step) {
        onStep(data as Step);
      } else if (event === 'result') {
        return data as Result;
      } else if (event === 'error') {
        throw new Refusal((data as { message: string }).message);
      }
    }
    throw new Refusal('The service ended before it was done: try again.');
  }
}

/** The bytes of an answer, all of them. @throws Refusal where it breaks off */
async function* whole(response: Response): AsyncGenerator<Uint8Array> {
  try {
    yield* response.body as unknown as AsyncIterable<Uint8Array>;
  } catch {
    throw new Refusal(
      'The archive broke off: the service has stopped, or could not read an object. Its log says which.'
    );
  }
}

class UpkeepOfFolder implements Upkeep {
  constructor(private readonly catalog: Catalog) {}

  check({ contents }: { contents: boolean }, onFinding: (finding: FsckFinding) => void): Promise<FsckReport> {
    return this.catalog.soundness.check({ contents, onFinding });
  }

  async collect(
    { dryRun }: { dryRun: boolean },
    onRepository: (figures: GcFigures) => void
  ): Promise<GcResult> {
    const { repositories, leftovers } = await this.catalog.collection.run({ dryRun, onRepository });
    await this.catalog.idle();
    return { dry_run: dryRun, repositories, leftovers };
  }

  export(repository: string) {
    return this.catalog.archives.write(repository);
  }

  async import(bytes: AsyncIterable<Uint8Array>, repository?: string): Promise<ArchiveFigures> {
    try {
      return await this.catalog.archives.read(bytes, repository);
    } finally {
      // What a refused archive has left.
      await this.catalog.idle();
    }
  }
}
