import type { Conditions, Entry } from '../catalog/model.js';
import { entityTags } from '../entity-tags.js';
import { preconditionFailed } from './errors.js';

/** `If-Match` and `If-None-Match` of a write; the catalog holds them against what is there when it takes effect. */
export function writeConditions(headers: Map<string, string>): Conditions | undefined {
  const ifMatch = entityTags(headers.get('if-match'));
  const ifNoneMatch = entityTags(headers.get('if-none-match'));
  return ifMatch || ifNoneMatch ? { ifMatch, ifNoneMatch } : undefined;
}

/**
 * Holds an object against the conditions of a read (RFC 9110, section 13.2.2: a tag outweighs a date).
 * `prefix` is that of the headers: '' or, for the source of a copy, `x-amz-copy-source-`.
 * @returns whether the client has this object already (304)
 * @throws S3Error PreconditionFailed
 */
export function notModified(headers: Map<string, string>, entry: Entry, prefix = ''): boolean {
  const ifMatch = entityTags(headers.get(`${prefix}if-match`));
  const ifUnmodifiedSince = httpDate(headers.get(`${prefix}if-unmodified-since`));
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, entry)) {
      throw preconditionFailed('If-Match');
    }
  } else if (ifUnmodifiedSince !== undefined && wholeSeconds(entry.mtime) > ifUnmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = entityTags(headers.get(`${prefix}if-none-match`));
  if (ifNoneMatch !== undefined) {
    return matches(ifNoneMatch, entry);
  }
  const ifModifiedSince = httpDate(headers.get(`${prefix}if-modified-since`));
  return ifModifiedSince !== undefined && wholeSeconds(entry.mtime) <= ifModifiedSince;
}

/** Whether a Range was meant for this very object (`If-Range`, RFC 9110, section 13.1.5). */
export function rangeApplies(headers: Map<string, string>, entry: Entry): boolean {
  const ifRange = headers.get('if-range');
  if (ifRange === undefined) {
    return true;
  }
  if (/^(W\/)?"/.test(ifRange)) {
    return matches(entityTags(ifRange) ?? [], entry);
  }
  return wholeSeconds(entry.mtime) === httpDate(ifRange);
}

function matches(tags: string[], entry: Entry): boolean {
  return tags.includes('*') || tags.includes(entry.checksum);
}

/** Milliseconds since the epoch; undefined for no date, which RFC 9110 has ignored. */
function httpDate(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** HTTP dates have no fractions. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
