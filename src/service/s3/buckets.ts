import { CatalogError } from '../catalog/errors.js';
import type { Repository } from '../catalog/model.js';
import { checkRepositoryName } from '../catalog/names.js';
import { answerHead, answerXml } from './answer.js';
import type { S3Call } from './call.js';
import { notImplemented, S3Error } from './errors.js';
import { OWNER, readAmount } from './list-objects.js';
import { document, element } from './xml.js';

/** Buckets in one answer when the client sets no limit, as S3 has it. */
const BUCKETS_MAX = 10_000;

/** ListBuckets: the repositories. */
export async function listBuckets(call: S3Call): Promise<void> {
  const { query, region } = call;
  const prefix = query.get('prefix') ?? '';
  const limit = query.has('max-buckets') ? Math.max(readAmount(query, 'max-buckets'), 1) : BUCKETS_MAX;
  const found: Repository[] = [];
  let after = query.get('continuation-token') ?? '';
  let more = true;
  while (more && found.length < limit) {
    const page = await call.catalog.repositories.list({ prefix, after, amount: limit - found.length });
    found.push(...page.results);
    after = page.nextOffset;
    more = page.hasMore;
  }
  answerXml(
    call,
    document('ListAllMyBucketsResult', [
      OWNER,
      element(
        'Buckets',
        found.map(({ name, createdAt }) =>
          element('Bucket', [
            element('Name', name),
            element('CreationDate', new Date(createdAt).toISOString()),
            element('BucketRegion', region)
          ])
        )
      ),
      ...(prefix === '' ? [] : [element('Prefix', prefix)]),
      ...(more ? [element('ContinuationToken', after)] : [])
    ])
  );
}

/** HeadBucket. */
export async function headBucket(call: S3Call): Promise<void> {
  await call.catalog.repositories.get(call.bucket);
  answerHead(call, 200, { 'x-amz-bucket-region': call.region });
}

/** CreateBucket: clients send it to be sure that a bucket is there, so what exists is told apart. */
export async function createBucket(call: S3Call): Promise<void> {
  const { bucket } = call;
  if (await exists(call)) {
    throw new S3Error('BucketAlreadyOwnedByYou', 409, 'The repository exists already and is yours.', {
      BucketName: bucket
    });
  }
  checkName(bucket);
  throw notImplemented(
    `There is no repository "${bucket}", and none is made over S3: create it with the lakeFS API, lakectl or the JupyterLab panel.`
  );
}

/** @throws S3Error InvalidBucketName for what can be no repository's name, whoever makes it */
function checkName(bucket: string): void {
  try {
    checkRepositoryName(bucket);
  } catch (error) {
    throw new S3Error('InvalidBucketName', 400, (error as CatalogError).message, { BucketName: bucket });
  }
}

/** DeleteBucket. */
export async function deleteBucket(call: S3Call): Promise<void> {
  await call.catalog.repositories.get(call.bucket);
  throw notImplemented(
    'Repositories are not deleted over S3: use the lakeFS API, lakectl or the JupyterLab panel.'
  );
}

/** GetBucketLocation. The oldest region has no name, as in S3. */
export async function getBucketLocation(call: S3Call): Promise<void> {
  await call.catalog.repositories.get(call.bucket);
  answerXml(call, document('LocationConstraint', call.region === 'us-east-1' ? '' : call.region));
}

async function exists({ catalog, bucket }: S3Call): Promise<boolean> {
  try {
    await catalog.repositories.get(bucket);
    return true;
  } catch (error) {
    if (error instanceof CatalogError && error.code === 'repository-not-found') {
      return false;
    }
    throw error;
  }
}
