import type * as wire from '../../protocol/lakefs.js';
import type { Entry, ListItem } from '../catalog/model.js';

/** What an object is called whose writer named no type. */
const CONTENT_TYPE_UNKNOWN = 'application/octet-stream';

export function contentTypeOf(entry: Entry): string {
  return entry.contentType || CONTENT_TYPE_UNKNOWN;
}

/** An object in the API's form. `namespace` is the repository's storage namespace. */
export function objectStats(
  path: string,
  entry: Entry,
  namespace: string,
  withMetadata = true
): wire.ObjectStats {
  return {
    path,
    path_type: 'object',
    physical_address: physicalAddress(namespace, entry),
    checksum: entry.checksum,
    size_bytes: entry.size,
    mtime: Math.floor(entry.mtime / 1000),
    ...(withMetadata ? { metadata: entry.metadata } : {}),
    content_type: contentTypeOf(entry)
  };
}

/** A line of a listing in the API's form; a common prefix has the required members, empty. */
export function listedStats(item: ListItem, namespace: string, withMetadata: boolean): wire.ObjectStats {
  return item.kind === 'object'
    ? objectStats(item.path, item.entry, namespace, withMetadata)
    : { path: item.path, path_type: 'common_prefix', physical_address: '', checksum: '', mtime: 0 };
}

/** The storage namespace is a label, and so is the address below it: bytes are fetched through the service. */
function physicalAddress(namespace: string, entry: Entry): string {
  return `${namespace.replace(/\/$/, '')}/data/${entry.contentId}`;
}
