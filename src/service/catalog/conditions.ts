import { CatalogError } from './errors.js';
import type { Conditions, Entry } from './model.js';

/**
 * Holds an entry against the conditions of a request (RFC 9110, sections 13.1.1 and 13.1.2, for writes).
 * @throws precondition-failed; `data.condition` names the header, `data.missing` says that there is no entry.
 */
export function checkConditions(entry: Entry | undefined, conditions: Conditions | undefined): void {
  if (conditions?.ifMatch && !(entry && matches(entry, conditions.ifMatch))) {
    throw failed(
      entry
        ? 'The object is another one than If-Match names.'
        : 'If-Match was given, and there is no object.',
      { condition: 'If-Match', missing: !entry }
    );
  }
  if (conditions?.ifNoneMatch && entry && matches(entry, conditions.ifNoneMatch)) {
    throw failed('An object is there already, and If-None-Match forbids to replace it.', {
      condition: 'If-None-Match',
      missing: false
    });
  }
}

function matches(entry: Entry, etags: string[]): boolean {
  return etags.includes('*') || etags.includes(entry.checksum);
}

function failed(message: string, data: Record<string, unknown>): CatalogError {
  return new CatalogError('precondition-failed', message, data);
}
