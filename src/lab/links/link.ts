import type { Client } from '../client/client.js';
import { isGone } from '../errors.js';
import type { ViewPlace } from '../repository/place.js';
import type { DataPlace } from '../snippets/snippets.js';

/** What a link to a view has in its query: `repository/ref/path`. */
export const LINK_PARAMETER = 'databranch';

/** What a query string links to; null when it links to nothing of ours. */
export function linkedPlace(search: string): DataPlace | null {
  const value = new URLSearchParams(search).get(LINK_PARAMETER);
  const [repository = '', ref = '', ...path] = value?.split('/') ?? [];
  return repository === '' ? null : { repository, ref, path: path.join('/') };
}

/** The query string without our part of it. */
export function withoutLink(search: string): string {
  const parameters = new URLSearchParams(search);
  parameters.delete(LINK_PARAMETER);
  const rest = parameters.toString();
  return rest === '' ? '' : `?${rest}`;
}

/**
 * What the view shows: a folder, or an object in its folder. A path without a slash at its end may be either.
 *
 * @throws RequestError - when the service cannot be asked
 */
export async function placeOfLink(client: Client, { repository, ref, path }: DataPlace): Promise<ViewPlace> {
  const place = { repository, tab: 'objects', ref: ref || undefined } as const;
  if (ref === '' || path === '' || path.endsWith('/')) {
    return { ...place, path };
  }
  try {
    await client.objects.stat(repository, ref, path);
    return { ...place, path: path.slice(0, path.lastIndexOf('/') + 1), object: path };
  } catch (error) {
    if (isGone(error)) {
      return { ...place, path: `${path}/` };
    }
    throw error;
  }
}
