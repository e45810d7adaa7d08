import type * as wire from '../../protocol/lakefs.js';
import type { Entry, ListItem, ObjectEntry } from '../catalog/model.js';
import type { PresignedAddress } from './presigned.js';

/** What an object is called whose writer named no type. */
const CONTENT_TYPE_UNKNOWN = 'application/octet-stream';

export function contentTypeOf(entry: Entry): string {
  return entry.contentType || CONTENT_TYPE_UNKNOWN;
}

/**
 * An object in the API's form. `namespace` is the repository's storage namespace; a presigned address, where one is
 * asked for, stands in place of the physical one.
 */
export function objectStats(
  path: string,
  entry: Entry,
  namespace: string,
  withMetadata = true,
  presigned?: PresignedAddress
): wire.ObjectStats {
  return {
    path,
    path_type: 'object',
    physical_address: presigned?.url ?? physicalAddress(namespace, entry.contentId),
    ...(presigned ? { physical_address_expiry: presigned.expiry } : {}),
    checksum: entry.checksum,
    size_bytes: entry.size,
    mtime: Math.floor(entry.mtime / 1000),
    ...(withMetadata ? { metadata: entry.metadata } : {}),
    content_type: contentTypeOf(entry)
  };
}

/** A line of a listing in the API's form; a common prefix has the required members, empty. */
export function listedStats(
  item: ListItem,
  namespace: string,
  withMetadata: boolean,
  addressOf: (entry: ObjectEntry) => PresignedAddress | undefined
): wire.ObjectStats {
  if (item.kind === 'object') {
    const { path, entry } = item;
    return objectStats(path, entry, namespace, withMetadata, addressOf({ path, ...entry }));
  }
  return { path: item.path, path_type: 'common_prefix', physical_address: '', checksum: '', mtime: 0 };
}

/** The storage namespace is a label, and so is the address below it: bytes are fetched through the service. */
export function physicalAddress(namespace: string, name: string): string {
  return `${namespace.replace(/\/$/, '')}/data/${name}`;
}
