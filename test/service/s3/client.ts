import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type GetObjectCommandOutput,
  type HeadObjectCommandOutput,
  type PutObjectCommandOutput,
  type S3Client,
  type S3ServiceException
} from '@aws-sdk/client-s3';
import { BUCKET } from './service.js';

/** Short forms of the AWS SDK's commands on the repository of the tests. */
export class Verbs {
  constructor(private readonly s3: () => S3Client) {}

  put(Key: string, content: string | Buffer, more: object = {}): Promise<PutObjectCommandOutput> {
    const Body = Buffer.from(content as string);
    return this.s3().send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
  }

  get(Key: string, more: object = {}): Promise<GetObjectCommandOutput> {
    return this.s3().send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
  }

  head(Key: string, more: object = {}): Promise<HeadObjectCommandOutput> {
    return this.s3().send(new HeadObjectCommand({ Bucket: BUCKET, Key, ...more }));
  }

  async text(Key: string, more: object = {}): Promise<string> {
    return (await this.get(Key, more)).Body!.transformToString();
  }
}

/** What a request is refused with. @throws if it is not */
export async function refusal(
  promise: Promise<unknown>
): Promise<{ code: string; status: number; message: string }> {
  const error = (await promise.then(
    () => undefined,
    (caught: unknown) => caught
  )) as S3ServiceException | undefined;
  if (error === undefined) {
    throw new Error('expected a refusal');
  }
  return { code: error.name, status: error.$metadata?.httpStatusCode ?? 0, message: error.message };
}
