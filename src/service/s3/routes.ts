import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets.js';
import type { S3Call } from './call.js';
import { copyObject } from './copy.js';
import { deleteObject, deleteObjects } from './deletes.js';
import { notImplemented, S3Error } from './errors.js';
import { listObjectsV1, listObjectsV2 } from './list-objects.js';
import { listParts, listUploads } from './list-uploads.js';
import { abortUpload, completeUpload, createUpload, uploadPart, uploadPartCopy } from './multipart.js';
import { getObject, headObject, putObject } from './objects.js';
import { keepToSandbox } from './sandbox.js';
import { bucketSubresource, objectSubresource } from './subresources.js';

const READS = ['GET', 'HEAD'];

type Operation = (call: S3Call) => Promise<void>;

/** Carries out the operation that method, address and query name. */
export async function route(call: S3Call): Promise<void> {
  if (call.bucket === '') {
    return serviceOperation(call)(call);
  }
  if (call.key === '') {
    return (bucketSubresource(call) ?? (() => bucketOperation(call)(call)))();
  }
  if (!READS.includes(call.method)) {
    await keepToSandbox(call, call.key);
  }
  return (objectSubresource(call) ?? (() => objectOperation(call)(call)))();
}

function serviceOperation({ method }: S3Call): Operation {
  if (method === 'GET') {
    return listBuckets;
  }
  throw methodNotAllowed(method);
}

function bucketOperation({ method, query }: S3Call): Operation {
  switch (method) {
    case 'GET':
      if (query.has('location')) {
        return getBucketLocation;
      }
      if (query.has('uploads')) {
        return listUploads;
      }
      return query.get('list-type') === '2' ? listObjectsV2 : listObjectsV1;
    case 'HEAD':
      return headBucket;
    case 'PUT':
      return createBucket;
    case 'DELETE':
      return deleteBucket;
    case 'POST':
      if (query.has('delete')) {
        return deleteObjects;
      }
      throw notImplemented('Uploads by an HTML form are not offered.');
    default:
      throw methodNotAllowed(method);
  }
}

function objectOperation({ method, query, headers }: S3Call): Operation {
  switch (method) {
    case 'GET':
      return query.has('uploadId') ? listParts : getObject;
    case 'HEAD':
      return headObject;
    case 'PUT':
      if (query.has('uploadId')) {
        return headers.has('x-amz-copy-source') ? uploadPartCopy : uploadPart;
      }
      return headers.has('x-amz-copy-source') ? copyObject : putObject;
    case 'DELETE':
      return query.has('uploadId') ? abortUpload : deleteObject;
    case 'POST':
      if (query.has('uploads')) {
        return createUpload;
      }
      if (query.has('uploadId')) {
        return completeUpload;
      }
      throw notImplemented('This operation on objects is not offered.');
    default:
      throw methodNotAllowed(method);
  }
}

function methodNotAllowed(method: string): S3Error {
  return new S3Error('MethodNotAllowed', 405, `The method ${method} is not allowed against this resource.`);
}
