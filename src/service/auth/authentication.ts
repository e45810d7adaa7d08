import type { AccessKey, Keys } from './keys.js';
import { sameSecret } from './keys.js';
import type { Tokens } from './tokens.js';

/**
 * Whose request this is, by its Authorization header: `Basic` with an access key (as the SDKs send it) or
 * `Bearer` with a login token. undefined when it is neither, or wrong.
 */
export async function authenticate(
  authorization: string | undefined,
  keys: Keys,
  tokens: Tokens
): Promise<AccessKey | undefined> {
  const [scheme = '', credentials = ''] = (authorization ?? '').trim().split(/ +/, 2);
  switch (scheme.toLowerCase()) {
    case 'basic': {
      const [accessKeyId, secret] = splitOnce(Buffer.from(credentials, 'base64').toString('utf8'), ':');
      return verifyKey(keys, accessKeyId, secret);
    }
    case 'bearer':
      return tokens.verify(credentials);
    default:
      return undefined;
  }
}

/** The key if its secret is right. An unknown key takes as long as a wrong secret. */
export async function verifyKey(
  keys: Keys,
  accessKeyId: string,
  secretAccessKey: string
): Promise<AccessKey | undefined> {
  const key = await keys.find(accessKeyId);
  const right = sameSecret(key?.secretAccessKey ?? '', secretAccessKey);
  return key && right ? key : undefined;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
