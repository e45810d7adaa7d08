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
  // The parts of an upload too: its id is good for its own key only.
  const { ref: branch, path } = splitKey(key);
  const request = `${method} ${bucket}/${key}`;
  const target = { repository: bucket, branch, path, request };
  const refusal = await refusedBySandbox(keys, identity.key, target);
  if (refusal !== undefined) {
    throw new S3Error('AccessDenied', 403, refusal);
  }
}
