import type * as wire from '../../protocol/lakefs.js';
import type { Catalog } from '../catalog/catalog.js';
import type { Entry } from '../catalog/model.js';

/**
 * Says of imported files where they lie: what `shown` has of each of `entries` gets the file's address in place of
 * the label below the storage namespace. A presigned address stays.
 */
export async function showSources(
  { externalFiles }: Catalog,
  repository: string,
  entries: (Entry | undefined)[],
  shown: wire.ObjectStats[]
): Promise<void> {
  const addresses = await externalFiles.addressesOf(
    repository,
    entries.filter(entry => entry !== undefined)
  );
  entries.forEach((entry, i) => {
    const address = entry && addresses.get(entry.contentId);
    if (address !== undefined && shown[i]!.physical_address_expiry === undefined) {
      shown[i]!.physical_address = address;
    }
  });
}
