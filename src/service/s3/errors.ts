import { CatalogError, type ErrorCode } from '../catalog/errors.js';
import { bareDocument, element, type Xml } from './xml.js';

/**
 * A refusal in S3's words: its code, HTTP status and a sentence. `details` become further XML elements, `headers`
 * go out with the answer.
 */
export class S3Error extends Error {
  override name = 'S3Error';
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly details: Record<string, string> = {},
    readonly headers: Record<string, string> = {}
  ) {
    super(message);
  }
}

/** 400: an argument that cannot be taken. */
export function invalidArgument(message: string, details?: Record<string, string>): S3Error {
  return new S3Error('InvalidArgument', 400, message, details);
}

/** 400: a request that contradicts itself or lacks something. */
export function invalidRequest(message: string): S3Error {
  return new S3Error('InvalidRequest', 400, message);
}

/** 501: what S3 has and this service does not offer; `message` says why or what to use instead. */
export function notImplemented(message: string): S3Error {
  return new S3Error('NotImplemented', 501, message);
}

/** 404: no object at that key. */
export function noSuchKey(key: string, message = 'The specified key does not exist.'): S3Error {
  return new S3Error('NoSuchKey', 404, message, { Key: key });
}

/** 403: no such access key. */
export function unknownKey(accessKeyId: string): S3Error {
  return new S3Error(
    'InvalidAccessKeyId',
    403,
    'The access key id you provided does not exist in our records.',
    {
      AWSAccessKeyId: accessKeyId
    }
  );
}

/** 403: a presigned request that is over; times in milliseconds since the epoch. */
export function expired(expiresAt: number, now: number): S3Error {
  return new S3Error('AccessDenied', 403, 'The presigned request has expired.', {
    Expires: new Date(expiresAt).toISOString(),
    ServerTime: new Date(now).toISOString()
  });
}

/**
 * 412: `condition` is the header that did not hold. The first sentence is S3's to the letter, because clients look
 * into it (s3fs tells by "pre-conditions" that a file was changed while it was read).
 */
export function preconditionFailed(condition: string, reason?: string): S3Error {
  const message = 'At least one of the pre-conditions you specified did not hold.';
  return new S3Error('PreconditionFailed', 412, reason === undefined ? message : `${message} ${reason}`, {
    Condition: condition
  });
}

/**
 * What S3 calls each refusal of the catalog, and its status. A missing ref is NoSuchKey because that is the
 * code that clients turn into "file not found"; the message says which branch is missing.
 */
const CATALOG_ERRORS: Record<ErrorCode, [code: string, status: number]> = {
  'invalid-input': ['InvalidArgument', 400],
  unauthenticated: ['AccessDenied', 403],
  forbidden: ['AccessDenied', 403],
  'repository-not-found': ['NoSuchBucket', 404],
  'ref-not-found': ['NoSuchKey', 404],
  'branch-not-found': ['NoSuchKey', 404],
  'tag-not-found': ['NoSuchKey', 404],
  'commit-not-found': ['NoSuchKey', 404],
  'object-not-found': ['NoSuchKey', 404],
  'upload-not-found': ['NoSuchUpload', 404],
  'operation-not-found': ['NoSuchKey', 404],
  'task-not-found': ['NoSuchKey', 404],
  'repository-exists': ['BucketAlreadyOwnedByYou', 409],
  'branch-exists': ['OperationAborted', 409],
  'tag-exists': ['OperationAborted', 409],
  'nothing-to-commit': ['OperationAborted', 409],
  'nothing-to-merge': ['OperationAborted', 409],
  'uncommitted-changes': ['OperationAborted', 409],
  'merge-conflict': ['OperationAborted', 409],
  'branch-moved': ['OperationAborted', 409],
  'branch-protected': ['AccessDenied', 403],
  'repository-read-only': ['AccessDenied', 403],
  'precondition-failed': ['PreconditionFailed', 412],
  'unreadable-content': ['UnreadableContent', 409],
  'object-expired': ['NoSuchKey', 404],
  'source-changed': ['SourceFileChanged', 409],
  'import-not-found': ['NoSuchKey', 404],
  'import-ended': ['OperationAborted', 409],
  'store-full': ['InsufficientStorage', 507],
  'guard-refused': ['PreconditionFailed', 412],
  'not-comparable': ['InvalidRequest', 400],
  'too-large': ['InvalidRequest', 400],
  'not-offered': ['NotImplemented', 501]
};

/** Refusals of `invalid-input` that S3 has codes of its own for, by `data.reason`. */
const UPLOAD_ERRORS: Record<string, [code: string, status: number]> = {
  'no-parts': ['MalformedXML', 400],
  'unknown-part': ['InvalidPart', 400],
  'part-order': ['InvalidPartOrder', 400],
  'part-too-small': ['EntityTooSmall', 400],
  contradiction: ['InvalidRequest', 400],
  'bad-digest': ['BadDigest', 400]
};

/** Where S3 tells apart what is one refusal to the catalog. */
function specialCase({ code, data }: CatalogError): [code: string, status: number] | undefined {
  if (code === 'precondition-failed' && data.missing) {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: If-Match needs an object.
    return CATALOG_ERRORS['object-not-found'];
  }
  return code === 'invalid-input' ? UPLOAD_ERRORS[String(data.reason)] : undefined;
}

/** Any failure as S3 says it; what is no refusal but a fault of ours becomes InternalError, without its details. */
export function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) {
    return error;
  }
  if (error instanceof CatalogError) {
    const [code, status] = specialCase(error) ?? CATALOG_ERRORS[error.code];
    if (error.code === 'precondition-failed' && status === 412) {
      return preconditionFailed(String(error.data.condition), error.message);
    }
    return new S3Error(code, status, error.message);
  }
  return new S3Error('InternalError', 500, 'The service failed on this request; its log has the reason.');
}

/** The XML of an error; `resource` is the path that was asked for. */
export function errorDocument(error: S3Error, resource: string, requestId: string): string {
  const details: Xml[] = Object.entries(error.details).map(([name, value]) => element(name, value));
  return bareDocument('Error', [
    element('Code', error.code),
    element('Message', error.message),
    ...details,
    element('Resource', resource),
    element('RequestId', requestId)
  ]);
}
