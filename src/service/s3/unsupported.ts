import { notImplemented, S3Error } from './errors.js';

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

/** All that S3 has. There is one kind of storage here, so that any will do; what is none is a slip of the pen. */
const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
  'OUTPOSTS',
  'SNOW',
  'EXPRESS_ONEZONE'
];

/** @throws S3Error NotImplemented for what {@link REFUSED} lists, InvalidStorageClass for what is none */
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
  const storageClass = headers.get('x-amz-storage-class');
  if (storageClass !== undefined && !STORAGE_CLASSES.includes(storageClass)) {
    throw new S3Error('InvalidStorageClass', 400, 'The storage class you specified is not valid.', {
      StorageClassRequested: storageClass
    });
  }
}
