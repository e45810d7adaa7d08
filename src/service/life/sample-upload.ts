import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { reviewParts } from '../sample/part-threads.js';
import { reviewsCsv } from '../sample/reviews-csv.js';
import type { RunningService } from './running-service.js';

export interface SampleRequest {
  format: 'parquet' | 'csv';
  rows: number;
  /** Parquet: the folder for the parts. CSV: the file; below a path that ends with '/', `reviews.csv`. */
  path: string;
  /** Where the bundle of sample/part-worker lies. */
  workerUrl: URL;
}

/** One file of a sample, whose bytes can be streamed once. */
interface SampleFile {
  path: string;
  contentType: string;
  bytes: AsyncIterable<Uint8Array>;
}

export interface Target {
  repository: string;
  branch: string;
}

/** Writes a sample to a branch, as uncommitted changes. @returns the paths written */
export async function uploadSample(
  service: RunningService,
  target: Target,
  request: SampleRequest
): Promise<string[]> {
  const branch = `/repositories/${encodeURIComponent(target.repository)}/branches/${encodeURIComponent(target.branch)}`;
  return service.leased(async () => {
    const written: string[] = [];
    for await (const { path, contentType, bytes } of sampleFiles(request)) {
      await service.request('POST', `${branch}/objects?path=${encodeURIComponent(path)}`, {
        headers: { 'content-type': contentType },
        body: Readable.toWeb(Readable.from(bytes)),
        duplex: 'half'
      } as RequestInit);
      written.push(path);
    }
    return written;
  });
}

/** Writes a sample to local files. @returns the paths written */
export async function writeSample(request: SampleRequest): Promise<string[]> {
  const written: string[] = [];
  for await (const { path, bytes } of sampleFiles(request)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    written.push(path);
  }
  return written;
}

async function* sampleFiles({ format, rows, path, workerUrl }: SampleRequest): AsyncGenerator<SampleFile> {
  if (format === 'csv') {
    const file = path === '' || path.endsWith('/') ? `${path}reviews.csv` : path;
    yield { path: file, contentType: 'text/csv', bytes: reviewsCsv(rows) };
    return;
  }
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  for await (const { part, bytes } of reviewParts(rows, workerUrl)) {
    yield {
      path: `${folder}${part.name}`,
      contentType: 'application/vnd.apache.parquet',
      bytes: once(bytes)
    };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
