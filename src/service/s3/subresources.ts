import type { ObjectEntry } from '../catalog/model.js';
import { readPlace } from './address.js';
import { answerXml } from './answer.js';
import type { S3Call } from './call.js';
import { checksumElements } from './checksums.js';
import { notImplemented, S3Error } from './errors.js';
import { OWNER } from './list-objects.js';
import { objectParts } from './parts.js';
import { document, element, type Xml } from './xml.js';

/**
 * Questions about a bucket whose answer is always the same: what S3 says where the feature was never set up.
 * Clients ask some of them before anything else.
 */
const BUCKET_ANSWERS: Record<string, () => string> = {
  accelerate: () => document('AccelerateConfiguration', ''),
  acl: accessControl,
  logging: () => document('BucketLoggingStatus', ''),
  notification: () => document('NotificationConfiguration', ''),
  requestPayment: () => document('RequestPaymentConfiguration', [element('Payer', 'BucketOwner')]),
  versioning: () => document('VersioningConfiguration', ''),
  cors: absent('NoSuchCORSConfiguration'),
  encryption: absent('ServerSideEncryptionConfigurationNotFoundError'),
  lifecycle: absent('NoSuchLifecycleConfiguration'),
  'object-lock': absent('ObjectLockConfigurationNotFoundError'),
  ownershipControls: absent('OwnershipControlsNotFoundError'),
  policy: absent('NoSuchBucketPolicy'),
  policyStatus: absent('NoSuchBucketPolicy'),
  publicAccessBlock: absent('NoSuchPublicAccessBlockConfiguration'),
  replication: absent('ReplicationConfigurationNotFoundError'),
  tagging: absent('NoSuchTagSet'),
  website: absent('NoSuchWebsiteConfiguration')
};

/** Likewise of an object. */
const OBJECT_ANSWERS: Record<string, () => string> = {
  acl: accessControl,
  tagging: () => document('Tagging', [element('TagSet', [])]),
  'legal-hold': absent('NoSuchObjectLockConfiguration'),
  retention: absent('NoSuchObjectLockConfiguration')
};

/** Sub-resources that are not answered in any way. Overlooked, a PUT to one of them would overwrite the object. */
const BUCKET_REFUSED = [
  'abac',
  'analytics',
  'intelligent-tiering',
  'inventory',
  'metadataConfiguration',
  'metadataTable',
  'metrics',
  'session',
  'versions'
];
const OBJECT_REFUSED = ['annotation', 'encryption', 'renameObject', 'restore', 'select', 'torrent'];

/** An operation on a sub-resource of a bucket that the query names, if it names one. */
export function bucketSubresource(call: S3Call): (() => Promise<void>) | undefined {
  return subresource(call, BUCKET_ANSWERS, BUCKET_REFUSED, async () => {
    await call.catalog.repositories.get(call.bucket);
  });
}

/** An operation on a sub-resource of an object that the query names, if it names one. */
export function objectSubresource(call: S3Call): (() => Promise<void>) | undefined {
  if (call.query.has('attributes')) {
    return () => getAttributes(call);
  }
  return subresource(call, OBJECT_ANSWERS, OBJECT_REFUSED, async () => {
    const { ref, path } = readPlace(call.key);
    await call.catalog.objects.stat(call.bucket, ref, path);
  });
}

function subresource(
  call: S3Call,
  answers: Record<string, () => string>,
  refused: string[],
  requireTarget: () => Promise<void>
): (() => Promise<void>) | undefined {
  for (const name of call.query.keys()) {
    if (Object.hasOwn(answers, name)) {
      return async () => {
        if (call.method !== 'GET') {
          throw notImplemented(`Changing "?${name}" is not offered.`);
        }
        await requireTarget();
        answerXml(call, answers[name]!());
      };
    }
    if (refused.includes(name)) {
      return async () => {
        throw notImplemented(`"?${name}" is not offered.`);
      };
    }
  }
  return undefined;
}

/** GetObjectAttributes. */
async function getAttributes(call: S3Call): Promise<void> {
  if (call.method !== 'GET') {
    throw notImplemented('"?attributes" can only be read.');
  }
  const { ref, path } = readPlace(call.key);
  const entry = await call.catalog.objects.stat(call.bucket, ref, path);
  const wanted = (call.headers.get('x-amz-object-attributes') ?? '').split(',').map(name => name.trim());
  const { checksum, parts } = await contentAttributes(call, entry, wanted);
  const known: Record<string, Xml> = {
    ...(checksum && { Checksum: checksum }),
    ...(parts && { ObjectParts: parts }),
    ETag: element('ETag', entry.checksum),
    ObjectSize: element('ObjectSize', String(entry.size)),
    StorageClass: element('StorageClass', 'STANDARD')
  };
  answerXml(
    call,
    document(
      'GetObjectAttributesResponse',
      wanted.filter(name => Object.hasOwn(known, name)).map(name => known[name]!)
    ),
    200,
    { 'last-modified': new Date(entry.mtime).toUTCString() }
  );
}

/** Attributes that lie with the content. */
async function contentAttributes(
  call: S3Call,
  { contentId }: ObjectEntry,
  wanted: string[]
): Promise<{ checksum?: Xml; parts?: Xml }> {
  if (!wanted.includes('Checksum') && !wanted.includes('ObjectParts')) {
    return {};
  }
  const [facts] = await call.catalog.contents.facts(call.bucket, [contentId]);
  const { checksums } = facts!;
  return {
    // Unlike elsewhere S3 tells a composite one without the number of parts.
    checksum: checksums && element('Checksum', checksumElements({ checksums })),
    parts: wanted.includes('ObjectParts') ? await objectParts(call, facts!) : undefined
  };
}

/** The owner may do everything: access is a matter of keys, not of lists. */
function accessControl(): string {
  const grantee =
    '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' +
    '<ID>databranch</ID><DisplayName>databranch</DisplayName></Grantee>';
  return document('AccessControlPolicy', [
    OWNER,
    element('AccessControlList', [element('Grant', [grantee as Xml, element('Permission', 'FULL_CONTROL')])])
  ]);
}

/** S3's 404 for what was never configured. */
function absent(code: string): () => string {
  return () => {
    throw new S3Error(code, 404, 'The configuration does not exist; it is not offered.');
  };
}
