import type { BranchModel } from './branch.js';
import { Observable } from './observable.js';

/** A file that lies elsewhere and is fetched when it is its turn, so that many do not fill the memory. */
export interface RemoteFile {
  /** Bytes. */
  size: number;
  fetch(signal: AbortSignal): Promise<Blob>;
}

/** A file to upload, with the path it gets on the branch. */
export interface FileToUpload {
  path: string;
  file: Blob | RemoteFile;
}

export type UploadState = 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled';

/** One file on its way to a branch. */
export interface Upload extends FileToUpload {
  branch: BranchModel;
  state: UploadState;
  /** Bytes that have gone out. */
  sent: number;
  /** Why it failed. */
  error?: Error;
}

/** Files on their way, one after the other, so that the order and the failures can be told. */
export class Uploads extends Observable {
  /** The files of the last batches, in the order in which they are sent. */
  get items(): readonly Upload[] {
    return this._items;
  }

  /** Whether files are being sent. */
  get busy(): boolean {
    return this._sending !== undefined;
  }

  count(state: UploadState): number {
    return this._items.filter(upload => upload.state === state).length;
  }

  /** Bytes that have gone out and that are to go, of all that is neither given up nor failed. */
  get progress(): { sent: number; total: number } {
    const items = this._items.filter(({ state }) => state !== 'cancelled' && state !== 'failed');
    return {
      sent: items.reduce((sum, { sent }) => sum + sent, 0),
      total: items.reduce((sum, { file }) => sum + file.size, 0)
    };
  }

  /** Sends files to a branch; resolves when none is waiting any more. Never rejects: see each file's state. */
  async add(branch: BranchModel, files: readonly FileToUpload[]): Promise<readonly Upload[]> {
    if (!this.busy) {
      this._items = [];
    }
    const added = files.map<Upload>(file => ({ ...file, branch, state: 'waiting', sent: 0 }));
    this._items = [...this._items, ...added];
    await this._send();
    return added;
  }

  /** Sends what failed once more. */
  async retry(): Promise<void> {
    for (const upload of this._items) {
      if (upload.state === 'failed') {
        upload.state = 'waiting';
        upload.error = undefined;
      }
    }
    await this._send();
  }

  /** Gives up what is not yet sent. */
  cancel(): void {
    for (const upload of this._items) {
      if (upload.state === 'waiting') {
        upload.state = 'cancelled';
      }
    }
    this._running?.abort();
    this.emitChanged();
  }

  /** Forgets what is finished. */
  clear(): void {
    this._items = this._items.filter(({ state }) => state === 'waiting' || state === 'sending');
    this.emitChanged();
  }

  private _send(): Promise<void> {
    this._sending ??= this._sendAll().finally(() => {
      this._sending = undefined;
      this.emitChanged();
    });
    return this._sending;
  }

  private async _sendAll(): Promise<void> {
    const touched = new Set<BranchModel>();
    for (let next; (next = this._items.find(upload => upload.state === 'waiting'));) {
      await this._sendOne(next);
      touched.add(next.branch);
    }
    await Promise.all([...touched].map(branch => branch.repository.touched()));
  }

  private async _sendOne(upload: Upload): Promise<void> {
    const { branch, path, file } = upload;
    const running = (this._running = new AbortController());
    upload.state = 'sending';
    this.emitChanged();
    try {
      const { client, name } = branch.repository;
      const body = file instanceof Blob ? file : await file.fetch(running.signal);
      const onSent = (sent: number): void => {
        upload.sent = Math.min(sent, file.size);
        this.emitChanged();
      };
      await client.objects.upload(name, branch.name, path, body, { onSent, signal: running.signal });
      upload.sent = file.size;
      upload.state = 'done';
    } catch (error) {
      upload.state = running.signal.aborted ? 'cancelled' : 'failed';
      upload.error = error as Error;
    }
    this._running = undefined;
    this.emitChanged();
  }

  private _items: readonly Upload[] = [];
  private _sending: Promise<void> | undefined;
  private _running: AbortController | undefined;
}
