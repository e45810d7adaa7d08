import { isAbsolute, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ImportRoots, ResolvedPath } from '../../blocks/import-roots.js';
import { CatalogError, invalid } from '../errors.js';

/**
 * The file or folder at an address, below the import roots once every link is followed.
 * @throws invalid-input; forbidden
 */
export async function resolveAddress(address: string, roots: ImportRoots | undefined): Promise<ResolvedPath> {
  const path = pathOfAddress(address);
  if (!roots || roots.folders.length === 0) {
    throw new CatalogError(
      'forbidden',
      'This service imports no local files: start it with --import-root DIR to allow those below a folder.'
    );
  }
  let found: ResolvedPath | undefined;
  try {
    found = await roots.resolve(path);
  } catch (error) {
    // Outside of the roots nobody learns what is there and what is not.
    if (roots.names(path)) {
      throw invalid(`There is nothing to import at ${address} (${(error as NodeJS.ErrnoException).code}).`);
    }
  }
  if (!found) {
    throw new CatalogError(
      'forbidden',
      `${address} lies outside of the folders that may be imported (${roots.folders.join(', ')}): ` +
        'start the service with another --import-root DIR.'
    );
  }
  return found;
}

function pathOfAddress(address: string): string {
  let path: string | undefined;
  if (address.startsWith('local://')) {
    path = address.slice('local://'.length);
  } else if (address.startsWith('file://')) {
    try {
      path = fileURLToPath(address);
    } catch {
      throw invalid(`${address} is no address of a local file: write it as file:///folder/name.`);
    }
  }
  if (path === undefined || !isAbsolute(path) || path.includes('\0')) {
    throw invalid(
      `"${address}" cannot be imported: give the whole path of a local folder as local:///folder/.`
    );
  }
  return normalize(path);
}
