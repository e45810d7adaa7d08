import type { AccessKey, Keys } from '../auth/keys.js';
import type { Tokens } from '../auth/tokens.js';
import type { Catalog } from '../catalog/catalog.js';
import type { Rows } from '../rows/rows.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before any handler of a route that is not open. */
    user: AccessKey;
  }
  interface FastifyContextConfig {
    /** Answers everybody on the machine. */
    open?: boolean;
    /** A missing body is the same as `{}`. */
    bodyOptional?: boolean;
    /** Changes nothing, whatever its method says: also open to a key that a sandbox cell restricts. */
    writesNothing?: boolean;
  }
}

/** Who holds a leased service (`serve --leased`) open. */
export interface Leases {
  /** Takes a lease; the function that comes back gives it up, and is called exactly once. */
  open(): () => void;
}

/** Signs a request of the S3 side with somebody's key: the address opens by itself until `expiresAt` (ms). */
export type Presign = (
  key: AccessKey,
  request: {
    method: 'GET' | 'PUT';
    host: string;
    bucket: string;
    key: string;
    query: Record<string, string>;
    expiresSeconds: number;
  }
) => { url: string; expiresAt: number };

/** What the routes work with. */
export interface RestContext {
  catalog: Catalog;
  keys: Keys;
  tokens: Tokens;
  /** Absent where rows cannot be counted: those routes then answer 501. */
  rows?: Rows;
  leases?: Leases;
  presign: Presign;
  /** Fills a new repository's default branch for `sample_data: true`. */
  sampleData?: (repository: string) => Promise<void>;
  /** The service's own version. */
  version: string;
  /** Prometheus' text format, for `/metrics`. */
  metrics: { contentType: string; text(): Promise<string> };
  /** Fires when the service begins to stop: streams without an end of their own end then. */
  stopping: AbortSignal;
}
