import type { IncomingHttpHeaders } from 'node:http';
import { CatalogError } from '../catalog/errors.js';
import type { Conditions } from '../catalog/model.js';
import { entityTags } from '../entity-tags.js';

/** The conditions of a write: `If-Match` and `If-None-Match`. undefined when there are none. */
export function conditionsOf(headers: IncomingHttpHeaders): Conditions | undefined {
  const ifMatch = entityTags(headers['if-match']);
  const ifNoneMatch = entityTags(headers['if-none-match']);
  return ifMatch || ifNoneMatch ? { ifMatch, ifNoneMatch } : undefined;
}

/** Whether a tag of the list is `checksum`; `*` is any object that exists. */
export function matches(list: readonly string[], checksum: string | undefined): boolean {
  return checksum !== undefined && (list.includes('*') || list.includes(checksum));
}

/**
 * Refuses a write whose conditions fail already, before its body is taken in. The verb looks again when it
 * takes effect.
 *
 * @param checksum of the object as it stands; undefined when there is none
 */
export function refuseEarly(conditions: Conditions | undefined, path: string, checksum?: string): void {
  if (conditions?.ifNoneMatch && matches(conditions.ifNoneMatch, checksum)) {
    throw new CatalogError(
      'precondition-failed',
      `"${path}" exists already, and the request forbids to replace it.`
    );
  }
  if (conditions?.ifMatch && !matches(conditions.ifMatch, checksum)) {
    throw new CatalogError(
      'precondition-failed',
      `"${path}" is no longer the object that the request expects.`
    );
  }
}
