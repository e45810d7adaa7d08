import type { MergeResult, Ref } from '../../protocol/lakefs.js';
import type { Sandbox, SandboxKeeping, SandboxMerging } from '../../protocol/sandboxes.js';
import type { Client } from '../client/client.js';

/** One sandbox of the service, by the verbs of its card. None of them touches an ordinary branch. */
export class SandboxClient {
  constructor(
    private readonly _client: Client,
    repository: string,
    branch: string
  ) {
    this._path = ['databranch', 'repositories', repository, 'sandboxes', branch];
  }

  /** @throws RequestError - 404 when it is gone */
  get(signal?: AbortSignal): Promise<Sandbox> {
    return this._client.requests.send(this._path, { signal });
  }

  /** Makes an ordinary branch of it. @throws RequestError - 409 when the name is taken */
  keep(json: SandboxKeeping): Promise<Ref> {
    return this._client.requests.send([...this._path, 'keep'], { method: 'POST', json });
  }

  /** @throws RequestError - 409 with the paths that both sides changed; then it is still there */
  merge(json: SandboxMerging): Promise<MergeResult> {
    return this._client.requests.send([...this._path, 'merge'], { method: 'POST', json });
  }

  discard(): Promise<void> {
    return this._client.requests.send(this._path, { method: 'DELETE' });
  }

  private readonly _path: string[];
}
