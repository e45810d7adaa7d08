import { createHash, createHmac } from 'node:crypto';

const REGION = 'us-east-1';
export const UNSIGNED = 'UNSIGNED-PAYLOAD';

export const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/**
 * The headers of an S3 request, signed with Signature V4 for the next 15 minutes.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @param {{ method: string, path: string, host: string, payload: string, key: { id: string, secret: string } }} request
 *   `path` as it is sent; `payload` the body's SHA-256 in hex, or UNSIGNED
 */
export function signedHeaders({ method, path, host, payload, key, now = new Date() }) {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = { host, 'x-amz-content-sha256': payload, 'x-amz-date': time };
  const { scope, signature } = signatureOf({ method, path, headers, payload, secret: key.secret });
  const names = Object.keys(headers).join(';');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  };
}

/** @param {{ headers: Record<string, string> }} request whose headers are the signed ones, names lower-case and in order */
export function signatureOf({ method, path, headers, payload, secret }) {
  const time = headers['x-amz-date'];
  const day = time.slice(0, 8);
  const [target, query = ''] = path.split('?');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, target, query, lines.join(''), Object.keys(headers).join(';'), payload].join(
    '\n'
  );
  const scope = `${day}/${REGION}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signing = [day, REGION, 's3', 'aws4_request'].reduce(hmac, `AWS4${secret}`);
  return { scope, signature: hmac(signing, toSign).toString('hex') };
}
