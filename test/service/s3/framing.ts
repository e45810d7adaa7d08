import { createHash, createHmac } from 'node:crypto';
import type { SignatureChain } from '../../../src/service/s3/signature.js';

const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** Puts content into `aws-chunked` framing, as clients do. With a chain every chunk is signed. */
export function frame(
  content: Buffer,
  options: { chunk: number; chain?: SignatureChain; trailer?: Record<string, string> }
): Buffer {
  const { chunk, chain, trailer } = options;
  const out: (string | Buffer)[] = [];
  let previous = chain?.seed ?? '';
  const sign = (kind: string, rest: string): string => {
    const { signingKey, timestamp, scope } = chain!;
    const text = `${kind}\n${timestamp}\n${scope}\n${previous}\n${rest}`;
    return (previous = createHmac('sha256', signingKey).update(text).digest('hex'));
  };
  for (let at = 0; ; at += chunk) {
    const data = content.subarray(at, at + chunk);
    const digest = createHash('sha256').update(data).digest('hex');
    const signature = chain && sign('AWS4-HMAC-SHA256-PAYLOAD', `${EMPTY_SHA256}\n${digest}`);
    out.push(data.length.toString(16) + (signature ? `;chunk-signature=${signature}` : '') + '\r\n');
    if (data.length === 0) {
      break;
    }
    out.push(data, '\r\n');
  }
  if (trailer) {
    const lines = Object.entries(trailer).map(([name, value]) => `${name}:${value}`);
    out.push(...lines.map(line => `${line}\r\n`));
    if (chain) {
      const digest = createHash('sha256')
        .update(lines.map(line => `${line}\n`).join(''))
        .digest('hex');
      out.push(`x-amz-trailer-signature:${sign('AWS4-HMAC-SHA256-TRAILER', digest)}\r\n`);
    }
  }
  out.push('\r\n');
  return Buffer.concat(out.map(part => Buffer.from(part as string)));
}
