import { refusedBySandbox } from '../auth/sandbox-mode.js';
import { splitKey } from './address.js';
import type { S3Call } from './call.js';
import { S3Error } from './errors.js';

/**
 * Refuses to write to `key` while a sandbox cell that writes elsewhere runs in the kernel whose key signed.
 * @throws S3Error AccessDenied, with the sentence that names branch and path
 */
export async function keepToSandbox(call: S3Call, key: string): Promise<void> {
  const { keys, identity, bucket, method } = call;
  if (!identity.key.kernel) {
    return;
  }
  const { branch, path } = await targetOf(call, key);
  const request = `${method} ${bucket}/${key}`;
  const target = { repository: bucket, branch, path, request };
  const refusal = await refusedBySandbox(keys, identity.key, target);
  if (refusal !== undefined) {
    throw new S3Error('AccessDenied', 403, refusal);
  }
}

/** An upload goes where it was begun, whatever address its parts are sent to. */
async function targetOf(
  { catalog, bucket, query }: S3Call,
  key: string
): Promise<{ branch: string; path: string }> {
  const uploadId = query.get('uploadId');
  if (uploadId !== undefined) {
    return catalog.uploads.target(bucket, uploadId);
  }
  const { ref, path } = splitKey(key);
  return { branch: ref, path };
}
