import { CatalogError } from '../catalog/errors.js';
import { entityTags } from '../entity-tags.js';
import { requireBranch, splitKey } from './address.js';
import { answerEmpty, answerXml } from './answer.js';
import type { S3Call } from './call.js';
import { writeConditions } from './conditions.js';
import { notImplemented, S3Error, toS3Error } from './errors.js';
import { keepToSandbox } from './sandbox.js';
import { refuseUnsupported } from './unsupported.js';
import { document, element, type Xml } from './xml.js';
import { readXml, type XmlElement } from './xml-reader.js';

/** Keys in one DeleteObjects, as S3 has it. */
const KEYS_MAX = 1_000;
/** A thousand of the longest keys, each byte written as an XML reference, with room for the markup. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** DeleteObject: an object that is not there is deleted with success. */
export async function deleteObject(call: S3Call): Promise<void> {
  const { catalog, bucket, headers } = call;
  checkVersion(call.query.get('versionId'));
  refuseUnsupported(headers);
  const { ref, path } = splitKey(call.key);
  await requireBranch(call, ref);
  // The folder marker of a branch's root is never kept, so there is nothing to remove (see putObject).
  if (path !== '') {
    await catalog.objects.delete(bucket, ref, path, { conditions: writeConditions(headers) });
  }
  answerEmpty(call, 204);
}

/** One key of a DeleteObjects request, and why it was not deleted. */
interface Deletion {
  key: string;
  ref: string;
  path: string;
  /** Delete only this very object. */
  etags?: string[];
  refusal?: S3Error;
}

/** DeleteObjects: one write per branch; what cannot be deleted is answered key by key. */
export async function deleteObjects(call: S3Call): Promise<void> {
  const root = readXml(await call.body.read(BODY_BYTES_MAX), 'Delete');
  const deletions = root.children('Object').map(readDeletion);
  if (deletions.length === 0 || deletions.length > KEYS_MAX) {
    throw new S3Error('MalformedXML', 400, `DeleteObjects takes from 1 to ${KEYS_MAX} keys.`);
  }
  await call.catalog.repositories.get(call.bucket);
  await refuseOutsideSandbox(call, deletions);
  for (const ref of new Set(deletions.map(deletion => deletion.ref))) {
    await deleteOnBranch(
      call,
      ref,
      deletions.filter(deletion => deletion.ref === ref && !deletion.refusal)
    );
  }
  const quiet = root.text('Quiet')?.trim() === 'true';
  answerXml(
    call,
    document(
      'DeleteResult',
      deletions.flatMap(deletion => outcome(deletion, quiet))
    )
  );
}

function readDeletion(object: XmlElement): Deletion {
  const key = object.text('Key');
  if (key === undefined || key === '') {
    throw new S3Error('MalformedXML', 400, 'Each <Object> needs a <Key>.');
  }
  const deletion: Deletion = { key, ...splitKey(key), etags: entityTags(object.text('ETag')) };
  try {
    checkVersion(object.text('VersionId'));
    if (object.children('LastModifiedTime').length + object.children('Size').length > 0) {
      throw notImplemented('Deleting on condition of time or size is not offered; give the ETag.');
    }
  } catch (error) {
    deletion.refusal = toS3Error(error);
  }
  return deletion;
}

/** Key by key, as everything about this request. */
async function refuseOutsideSandbox(call: S3Call, deletions: Deletion[]): Promise<void> {
  for (const deletion of deletions) {
    try {
      await keepToSandbox(call, deletion.key);
    } catch (error) {
      deletion.refusal = refusalOf(error);
    }
  }
}

async function deleteOnBranch(call: S3Call, ref: string, deletions: Deletion[]): Promise<void> {
  const { catalog, bucket } = call;
  try {
    await requireBranch(call, ref);
    const plain = deletions.filter(({ path, etags }) => path !== '' && etags === undefined);
    const paths = plain.map(({ path }) => path);
    const refused = paths.length === 0 ? [] : await catalog.objects.deleteMany(bucket, ref, paths);
    for (const { path, error } of refused) {
      for (const deletion of plain.filter(other => other.path === path)) {
        deletion.refusal = toS3Error(error);
      }
    }
  } catch (error) {
    for (const deletion of deletions) {
      deletion.refusal = refusalOf(error);
    }
    return;
  }
  for (const deletion of deletions.filter(({ path, etags }) => path !== '' && etags !== undefined)) {
    try {
      await catalog.objects.delete(bucket, ref, deletion.path, { conditions: { ifMatch: deletion.etags } });
    } catch (error) {
      deletion.refusal = refusalOf(error);
    }
  }
}

/** What is a refusal of the key; a fault of ours fails the whole request, so that the client tries again. */
function refusalOf(error: unknown): S3Error {
  if (error instanceof S3Error || error instanceof CatalogError) {
    return toS3Error(error);
  }
  throw error;
}

function outcome({ key, refusal }: Deletion, quiet: boolean): Xml[] {
  if (refusal) {
    return [
      element('Error', [
        element('Key', key),
        element('Code', refusal.code),
        element('Message', refusal.message)
      ])
    ];
  }
  return quiet ? [] : [element('Deleted', [element('Key', key)])];
}

/** Objects have no versions but commits; `null` is what S3 calls the version of a bucket without versions. */
function checkVersion(version: string | undefined): void {
  if (version === undefined || version === '' || version === 'null') {
    return;
  }
  throw new S3Error('NoSuchVersion', 404, 'Objects have no version ids; read older ones by COMMIT/path.');
}
