import { createHash, createHmac } from 'node:crypto';
import type { AccessKey } from '../auth/keys.js';
import { canonicalRequests } from './canonical.js';
import { scopeText, SigningKeys } from './signing-keys.js';
import { encodeUri } from './uri.js';

/** A request of the S3 protocol that somebody may make without a key of their own. */
export interface Presigned {
  method: 'GET' | 'PUT';
  /** As the client will send it: it is signed. */
  host: string;
  bucket: string;
  key: string;
  query: Record<string, string>;
  /** How long, in seconds; at most a week. */
  expiresSeconds: number;
}

/** Any will do: this service takes all. */
const REGION = 'us-east-1';

/** Gives out addresses that carry a signature (Signature V4 in the query), never the secret. */
export class Presigner {
  private readonly signingKeys = new SigningKeys();

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number) {}

  /** The address, good until `expiresAt` (milliseconds since the epoch) or until the key is no more. */
  presign(accessKey: AccessKey, request: Presigned): { url: string; expiresAt: number } {
    const { method, host, bucket, key } = request;
    const timestamp = `${new Date(this.now()).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
    const signedAt = Math.floor(this.now() / 1000) * 1000;
    const left = Math.floor(((accessKey.expiresAt ?? Infinity) - signedAt) / 1000);
    const expiresSeconds = Math.max(1, Math.min(request.expiresSeconds, left));
    const scope = { date: timestamp.slice(0, 8), region: REGION };
    const rawPath = `/${bucket}/${encodeUri(key, 'keep')}`;
    const query = Object.entries({
      ...request.query,
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${accessKey.accessKeyId}/${scopeText(scope)}`,
      'X-Amz-Date': timestamp,
      'X-Amz-Expires': String(expiresSeconds),
      'X-Amz-SignedHeaders': 'host'
    });
    const parts = { method, rawPath, query, headers: new Map([['host', host]]) };
    const signed = { signedHeaders: ['host'], payload: 'UNSIGNED-PAYLOAD' };
    const [canonical] = canonicalRequests(parts, signed);
    const digest = createHash('sha256').update(canonical!, 'latin1').digest('hex');
    const signature = createHmac('sha256', this.signingKeys.of(accessKey, scope))
      .update(`AWS4-HMAC-SHA256\n${timestamp}\n${scopeText(scope)}\n${digest}`)
      .digest('hex');
    const search = [...query, ['X-Amz-Signature', signature] as const]
      .map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`)
      .join('&');
    return { url: `http://${host}${rawPath}?${search}`, expiresAt: signedAt + expiresSeconds * 1000 };
  }
}
