import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Keys } from '../auth/keys.js';
import type { Catalog } from '../catalog/catalog.js';
import type { RequestBody } from './body.js';
import type { RawBody } from './raw-body.js';
import type { Identity } from './signature.js';

/** A request and its answer on the connection, before anything is known of either. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** By lower-case name; several of one name joined by a comma. Values as sent, bytes as Latin-1. */
  readonly headers: Map<string, string>;
  readonly raw: RawBody;
  /** Stands in the answer and in the log, so that one can be found by the other. */
  readonly requestId: string;
}

/** An authenticated S3 request: what the operations work on. */
export interface S3Call extends Exchange {
  readonly catalog: Catalog;
  readonly keys: Keys;
  /** What GetBucketLocation and HeadBucket tell. */
  readonly region: string;
  readonly method: string;
  /** A repository's name; '' for the service itself. */
  readonly bucket: string;
  /** `ref/path`; '' for the bucket itself. */
  readonly key: string;
  readonly query: Map<string, string>;
  readonly identity: Identity;
  readonly body: RequestBody;
}
