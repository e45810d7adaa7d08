import type { FastifyRequest } from 'fastify';
import type { ObjectEntry } from '../catalog/model.js';
import type { UploadAddress } from '../catalog/uploads.js';
import { versionId } from '../catalog/versions.js';
import type { Presign } from './context.js';
import { contentTypeOf } from './stats.js';

/** An hour: long enough to read or write a large object in, short enough for an address that opens by itself. */
const EXPIRES_SECONDS = 60 * 60;

/** An address that opens by itself, until `expiry` (seconds since the epoch). */
export interface PresignedAddress {
  url: string;
  expiry: number;
}

/** What the addresses below are for: they are signed with the caller's key, for the name the service was asked by. */
type Caller = Pick<FastifyRequest, 'user' | 'headers'>;

/** Where the bytes that an object has now can be read, also after it is overwritten. */
export function readAddress(
  presign: Presign,
  caller: Caller,
  { repository, ref }: { repository: string; ref: string },
  entry: ObjectEntry
): PresignedAddress {
  const query = { versionId: versionId(entry), 'response-content-type': contentTypeOf(entry) };
  return sign(presign, caller, 'GET', repository, `${ref}/${entry.path}`, query);
}

/** Where a part of an upload can be put. */
export function partAddress(
  presign: Presign,
  caller: Caller,
  repository: string,
  { branch, path, uploadId }: UploadAddress,
  partNumber: number
): PresignedAddress {
  const query = { partNumber: String(partNumber), uploadId };
  return sign(presign, caller, 'PUT', repository, `${branch}/${path}`, query);
}

function sign(
  presign: Presign,
  { user, headers }: Caller,
  method: 'GET' | 'PUT',
  bucket: string,
  key: string,
  query: Record<string, string>
): PresignedAddress {
  // HTTP has every request name its host; the server refuses those that do not.
  const host = headers.host!;
  const { url, expiresAt } = presign(user, {
    method,
    host,
    bucket,
    key,
    query,
    expiresSeconds: EXPIRES_SECONDS
  });
  return { url, expiry: Math.floor(expiresAt / 1000) };
}
