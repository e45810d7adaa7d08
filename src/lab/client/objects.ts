import type { ObjectErrorList, ObjectStats, Paginated } from '../../protocol/lakefs.js';
import type { IRequests, RequestInitial } from '../requests.js';
import { branchPath, refPath, type Page } from './paths.js';

/** Objects of a ref, as this extension uses them. */
export class ObjectsClient {
  constructor(private readonly requests: IRequests) {}

  list(
    repository: string,
    ref: string,
    { signal, ...page }: Page & { prefix?: string; delimiter?: string }
  ): Promise<Paginated<ObjectStats>> {
    return this.requests.send([...refPath(repository, ref), 'objects', 'ls'], { query: page, signal });
  }

  upload(
    repository: string,
    branch: string,
    path: string,
    body: Blob,
    { onSent, signal }: Pick<RequestInitial, 'onSent' | 'signal'> = {}
  ): Promise<ObjectStats> {
    return this.requests.send([...branchPath(repository, branch), 'objects'], {
      method: 'POST',
      query: { path },
      body,
      onSent,
      signal
    });
  }

  /** Facts of an object. @throws RequestError - 404 when there is none at that path */
  stat(repository: string, ref: string, path: string, signal?: AbortSignal): Promise<ObjectStats> {
    return this.requests.send([...refPath(repository, ref), 'objects', 'stat'], {
      query: { path, user_metadata: true },
      signal
    });
  }

  /** The first bytes of an object, at most `bytesMax`. */
  read(
    repository: string,
    ref: string,
    path: string,
    bytesMax: number,
    signal?: AbortSignal
  ): Promise<Uint8Array> {
    return this.requests.read([...refPath(repository, ref), 'objects'], { path }, bytesMax, signal);
  }

  /** Makes the object at `from` appear at `to` as well; its bytes are not copied. */
  copy(repository: string, branch: string, from: string, to: string): Promise<ObjectStats> {
    return this.requests.send([...branchPath(repository, branch), 'objects', 'copy'], {
      method: 'POST',
      query: { dest_path: to },
      json: { src_path: from, src_ref: branch }
    });
  }

  delete(repository: string, branch: string, paths: readonly string[]): Promise<ObjectErrorList> {
    return this.requests.send([...branchPath(repository, branch), 'objects', 'delete'], {
      method: 'POST',
      json: { paths }
    });
  }

  /** Where the browser fetches an object's bytes. */
  address(repository: string, ref: string, path: string): string {
    return this.requests.address([...refPath(repository, ref), 'objects'], { path });
  }
}
