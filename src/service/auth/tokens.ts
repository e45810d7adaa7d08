import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKey, Keys } from './keys.js';

/** How long a login lasts. */
export const TOKEN_SECONDS = 12 * 60 * 60;

/** A login token and when it ends. */
export interface Token {
  token: string;
  /** Seconds since the epoch. */
  expiresAt: number;
}

interface Claims {
  /** The access key that logged in: a token ends with it. */
  sub: string;
  /** Seconds since the epoch. */
  iat: number;
  exp: number;
}

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/**
 * Login tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 under a key of this installation.
 * Only the one header that we write ourselves is accepted, so that no token can choose how it is verified.
 */
export class Tokens {
  private readonly secret: Buffer;

  constructor(
    private readonly keys: Keys,
    private readonly now: () => number
  ) {
    this.secret = keys.derive('login token');
  }

  /** A token that stands for `key` for {@link TOKEN_SECONDS}, or until the key itself ends. */
  issue(key: AccessKey): Token {
    const issuedAt = Math.floor(this.now() / 1000);
    const keyEnds = key.expiresAt === undefined ? Infinity : Math.floor(key.expiresAt / 1000);
    const expiresAt = Math.min(issuedAt + TOKEN_SECONDS, keyEnds);
    const claims: Claims = { sub: key.accessKeyId, iat: issuedAt, exp: expiresAt };
    const signed = `${HEADER}.${encode(claims)}`;
    return { token: `${signed}.${this.sign(signed)}`, expiresAt };
  }

  /** The key that `token` stands for, or undefined when it is not ours, has expired, or its key is gone. */
  async verify(token: string): Promise<AccessKey | undefined> {
    const [header, claims, signature, ...rest] = token.split('.');
    if (header !== HEADER || claims === undefined || signature === undefined || rest.length > 0) {
      return undefined;
    }
    const expected = Buffer.from(this.sign(`${header}.${claims}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return undefined;
    }
    const { sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Claims;
    return exp * 1000 > this.now() ? this.keys.find(sub) : undefined;
  }

  private sign(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url');
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
