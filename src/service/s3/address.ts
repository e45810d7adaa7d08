import { CatalogError } from '../catalog/errors.js';
import { NAME_CHARACTERS_MAX, PATH_BYTES_MAX } from '../catalog/names.js';
import type { S3Call } from './call.js';
import { invalidArgument, noSuchKey, S3Error } from './errors.js';

/** Where a key points: its first segment is the ref, the rest the path. */
export interface Place {
  ref: string;
  path: string;
}

/** Longest key: the longest branch name, a slash and the longest path. */
const KEY_BYTES_MAX = NAME_CHARACTERS_MAX + 1 + PATH_BYTES_MAX;

/** @throws S3Error KeyTooLongError */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes <= KEY_BYTES_MAX) {
    return;
  }
  throw new S3Error('KeyTooLongError', 400, 'Your key is too long.', {
    Size: String(bytes),
    MaxSizeAllowed: String(KEY_BYTES_MAX)
  });
}

/** Cuts a key at its first slash. A key without one names no object: its path is ''. */
export function splitKey(key: string): Place {
  const slash = key.indexOf('/');
  return slash < 0 ? { ref: key, path: '' } : { ref: key.slice(0, slash), path: key.slice(slash + 1) };
}

/** The object to read. @throws S3Error NoSuchKey for a bare ref, with or without a slash, which is no object */
export function readPlace(key: string): Place {
  const place = splitKey(key);
  if (place.path === '' || place.ref === '') {
    throw noSuchKey(key);
  }
  return place;
}

/**
 * The branch and path to write to. The branch is looked up before a body is taken in, so that a client learns
 * of a wrong one at once.
 * @throws S3Error for a bare ref; what {@link requireBranch} throws
 */
export async function writePlace(call: S3Call): Promise<{ branch: string; path: string }> {
  const { ref, path } = splitKey(call.key);
  if (path === '' || ref === '') {
    throw invalidArgument(
      `Name an object inside a branch: the key must have the form BRANCH/PATH, not "${call.key}".`
    );
  }
  await requireBranch(call, ref);
  return { branch: ref, path };
}

/** @throws S3Error NoSuchKey that names the missing branch; MethodNotAllowed for a tag, a commit or an expression */
export async function requireBranch(call: Pick<S3Call, 'catalog' | 'bucket'>, ref: string): Promise<void> {
  const { catalog, bucket } = call;
  try {
    await catalog.branches.get(bucket, ref);
  } catch (error) {
    throw error instanceof CatalogError && error.code === 'branch-not-found'
      ? await notWritable(call, ref)
      : error;
  }
}

/** Says why `ref`, which is no branch, cannot be written to. */
async function notWritable(
  { catalog, bucket }: Pick<S3Call, 'catalog' | 'bucket'>,
  ref: string
): Promise<S3Error> {
  try {
    const { kind } = await catalog.refs.resolve(bucket, ref);
    return new S3Error(
      'MethodNotAllowed',
      405,
      `"${ref}" is a ${kind === 'tag' ? 'tag' : 'commit'} and cannot be written to; create a branch from it.`
    );
  } catch (error) {
    if (!(error instanceof CatalogError)) {
      throw error;
    }
    return noSuchKey(
      ref,
      `Branch "${ref}" does not exist in repository "${bucket}"; create it before writing to it.`
    );
  }
}
