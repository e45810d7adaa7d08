import { createHash } from 'node:crypto';
import { S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import type { Service } from '../../life/service-process';
import type { Objects } from './branch-model';

export interface Answer {
  status: number;
  body: any;
  text: string;
}

export type Rest = (
  method: string,
  path: string,
  body?: string | object,
  headers?: Record<string, string>
) => Promise<Answer>;

/** Both protocols of a service. */
export async function connect(service: Service): Promise<{ rest: Rest; s3: S3Client }> {
  const { url, access_key_id: accessKeyId, secret_access_key: secretAccessKey } = await service.discovery();
  const authorization = `Basic ${Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString('base64')}`;
  const rest: Rest = async (method, path, body, headers = {}) => {
    const isJson = typeof body === 'object';
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization, ...(isJson && { 'content-type': 'application/json' }), ...headers },
      body: isJson ? JSON.stringify(body) : body
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: response.status, text, body: json ? JSON.parse(text) : undefined };
  };
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1
  });
  return { rest, s3 };
}

/** The ETag of a content that came in one piece. */
export const etagOf = (content: string) => createHash('md5').update(content).digest('hex');

/** Everything below a prefix of a ref, in one page; undefined where there is no such ref. */
export async function listed(rest: Rest, ref: string, prefix: string): Promise<Objects | undefined> {
  const { status, body } = await rest(
    'GET',
    `/repositories/lake/refs/${ref}/objects/ls?prefix=${prefix}&amount=1000`
  );
  const found = (body?.results ?? []) as { path: string; checksum: string }[];
  return oneOf(status, { 200: new Map(found.map(({ path, checksum }) => [path, checksum])), 404: undefined });
}

/** An ETag as REST has it. */
export const unquoted = (etag: string) => etag.replaceAll('"', '');

/** @throws for an answer that nobody may get */
export function oneOf<T>(answer: string | number, expected: Record<string | number, T>): T {
  if (!(answer in expected)) {
    throw new Error(`The service answers ${answer}, and not one of ${Object.keys(expected).join()}.`);
  }
  return expected[answer]!;
}

/** `done`, or the code with which S3 refuses. */
export async function refused(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => 'done',
    (error: S3ServiceException) => error.name
  );
}

/** The answer, or null where S3 finds nothing. */
export async function missing<T>(request: Promise<T>): Promise<T | null> {
  return request.catch((error: S3ServiceException) => {
    if (error.$metadata?.httpStatusCode === 404) {
      return null;
    }
    throw error;
  });
}
