import { invalid } from './errors.js';

/** Longest object path in bytes of UTF-8: S3's limit for keys. */
export const PATH_BYTES_MAX = 1_024;
/** Longest branch or tag name. */
export const NAME_CHARACTERS_MAX = 255;
/** First path segments that the service itself answers on, so that no bucket can have them for a name. */
const RESERVED_REPOSITORIES = ['api', 'metrics', 'health', 'databranch'];

/** Patterns as the lakeFS API description and documentation give them. */
const REPOSITORY = /^[a-z0-9][a-z0-9-]{2,62}$/;
const STORAGE_NAMESPACE = /^(s3|gs|https?|mem|local|transient):\/\/.*$/;
const BRANCH = /^\w[-\w]*$/;
const TAG = /^\w[-\w./+]*$/;

export function checkRepositoryName(name: string): void {
  if (!REPOSITORY.test(name)) {
    throw invalid(
      `"${name}" is not a repository name: use 3 to 63 lower-case letters, digits and hyphens, not a hyphen first.`
    );
  }
  if (RESERVED_REPOSITORIES.includes(name)) {
    throw invalid(`"${name}" cannot be a repository's name: the service answers on that address itself.`);
  }
}

export function checkStorageNamespace(namespace: string): void {
  if (!STORAGE_NAMESPACE.test(namespace)) {
    throw invalid(
      `"${namespace}" is not a storage namespace: give an address such as s3://example/data or local://data.`
    );
  }
}

export function checkBranchName(name: string): void {
  if (!BRANCH.test(name) || name.length > NAME_CHARACTERS_MAX) {
    throw invalid(
      `"${name}" is not a branch name: use letters, digits, underscores and hyphens, not a hyphen first, at most ${NAME_CHARACTERS_MAX}.`
    );
  }
}

export function checkTagName(name: string): void {
  if (
    !TAG.test(name) ||
    name.length > NAME_CHARACTERS_MAX ||
    name.includes('..') ||
    /[./]$|\.lock$/.test(name)
  ) {
    throw invalid(
      `"${name}" is not a tag name: use letters, digits and the signs - _ . / +, at most ${NAME_CHARACTERS_MAX}.`
    );
  }
}

/** An object's path as the bytes that order it. @throws invalid-input for an empty, too long or malformed one. */
export function pathBytes(path: string): Buffer {
  if (path === '') {
    throw invalid('An object needs a path, and the path given is empty.');
  }
  if (!path.isWellFormed() || path.includes('\0')) {
    throw invalid('The path is not valid: it must be Unicode text without NUL characters.');
  }
  const bytes = Buffer.from(path, 'utf8');
  if (bytes.length > PATH_BYTES_MAX) {
    throw invalid(`The path is ${bytes.length} bytes long; at most ${PATH_BYTES_MAX} are possible.`);
  }
  return bytes;
}
