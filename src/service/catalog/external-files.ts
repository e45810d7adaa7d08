import { identityOf } from '../blocks/external.js';
import type { ImportRoots } from '../blocks/import-roots.js';
import type { ContentId } from '../ids.js';
import { invalid } from './errors.js';
import { externalContent, isExternal, type ExternalContent } from './external-content.js';
import { resolveAddress } from './imports/address.js';
import { contentKey } from './keys.js';
import type { Entry } from './model.js';
import { decodeBlock } from './records.js';
import type { Store } from './store.js';

/** Local files below the import roots, one by one; `imports/` takes in whole folders. */
export class ExternalFiles {
  constructor(
    private readonly store: Store,
    /** undefined: nothing may be imported. */
    private readonly roots: ImportRoots | undefined
  ) {}

  /** Whether anything may be imported. */
  get isOffered(): boolean {
    return this.roots !== undefined && this.roots.folders.length > 0;
  }

  /**
   * The file at an address as the content of an object that is to be linked to it.
   * @throws invalid-input, also where it is not `size` bytes long; forbidden
   */
  async contentAt(address: string, size: number): Promise<ExternalContent> {
    const { path, stats } = await resolveAddress(address, this.roots);
    if (!stats.isFile() || stats.size !== size) {
      const what = stats.isFile() ? `has ${stats.size} bytes, not ${size}` : 'is no ordinary file';
      throw invalid(`${address} ${what}.`);
    }
    return externalContent(path, identityOf(stats));
  }

  /** Where the files lie that entries refer to; nothing for other entries, which costs nothing. */
  async addressesOf(repository: string, entries: Entry[]): Promise<Map<ContentId, string>> {
    const external = entries.filter(isExternal);
    const addresses = new Map<ContentId, string>();
    if (external.length > 0) {
      await this.store.kv.snapshot(async reader => {
        const { uid } = await this.store.repository(reader, repository);
        for (const { contentId } of external) {
          const record = await reader.get(contentKey(uid, contentId));
          const place = record && decodeBlock(record.value).place;
          if (place?.kind === 'external') {
            addresses.set(contentId, `local://${place.path}`);
          }
        }
      });
    }
    return addresses;
  }
}
