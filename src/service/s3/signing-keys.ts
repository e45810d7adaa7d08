import { createHmac } from 'node:crypto';
import type { AccessKey } from '../auth/keys.js';

/** Kept derived keys: a client uses one a day; more come from many keys or from made-up regions. */
const KEPT_MAX = 1_000;

/** What a Signature V4 credential is limited to. */
export interface Scope {
  /** `YYYYMMDD`. */
  date: string;
  region: string;
}

export function scopeText(scope: Scope): string {
  return `${scope.date}/${scope.region}/s3/aws4_request`;
}

/** Derives signing keys (four HMACs each) and keeps them: every request of a client on one day has the same. */
export class SigningKeys {
  private readonly kept = new Map<string, { secret: string; signingKey: Buffer }>();

  of(key: AccessKey, scope: Scope): Buffer {
    const name = `${scope.date}/${scope.region}/${key.accessKeyId}`;
    const found = this.kept.get(name);
    // The secret is compared because an access key id may have been made again with another one.
    if (found?.secret === key.secretAccessKey) {
      return found.signingKey;
    }
    const signingKey = deriveSigningKey(key.secretAccessKey, scope);
    if (this.kept.size >= KEPT_MAX) {
      this.kept.clear();
    }
    this.kept.set(name, { secret: key.secretAccessKey, signingKey });
    return signingKey;
  }
}

function deriveSigningKey(secret: string, scope: Scope): Buffer {
  let key = hmac(`AWS4${secret}`, scope.date);
  for (const part of [scope.region, 's3', 'aws4_request']) {
    key = hmac(key, part);
  }
  return key;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
