import { notImplemented } from './errors.js';

/**
 * Headers that ask for something which must not be ignored in silence, because the client would believe that it
 * has it: encryption with its key, a lock, tags.
 */
const REFUSED: [prefix: string, what: string][] = [
  ['x-amz-server-side-encryption', 'Server-side encryption'],
  ['x-amz-copy-source-server-side-encryption', 'Server-side encryption'],
  ['x-amz-object-lock-', 'Object lock'],
  ['x-amz-tagging', 'Object tagging'],
  ['x-amz-website-redirect-location', 'Redirection of objects'],
  ['x-amz-write-offset-bytes', 'Appending to objects'],
  ['x-amz-if-match-', 'Deleting on condition of time or size']
];

/** @throws S3Error NotImplemented for what {@link REFUSED} lists */
export function refuseUnsupported(headers: Map<string, string>): void {
  for (const name of headers.keys()) {
    if (!name.startsWith('x-amz-')) {
      continue;
    }
    const refused = REFUSED.find(([prefix]) => name.startsWith(prefix));
    // What a tagging directive says about tags that nobody has is of no consequence.
    if (refused && name !== 'x-amz-tagging-directive') {
      throw notImplemented(`${refused[1]} is not offered (header ${name}).`);
    }
  }
}
