import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { PreviewTooLarge } from '../../protocol/databranch.js';
import type { MergeConflict } from '../../protocol/lakefs.js';
import { CatalogError } from '../catalog/errors.js';
import type { ErrorCode } from '../catalog/errors.js';
import { validationSentence } from './validation.js';

/** The one place where what a verb refuses becomes a status of HTTP. */
const STATUS: Record<ErrorCode, number> = {
  'invalid-input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'repository-not-found': 404,
  'ref-not-found': 404,
  'branch-not-found': 404,
  'tag-not-found': 404,
  'commit-not-found': 404,
  'object-not-found': 404,
  'upload-not-found': 404,
  'operation-not-found': 404,
  'task-not-found': 404,
  'repository-exists': 409,
  'branch-exists': 409,
  'tag-exists': 409,
  'nothing-to-commit': 400,
  'nothing-to-merge': 400,
  'uncommitted-changes': 400,
  'merge-conflict': 409,
  'branch-moved': 409,
  'branch-protected': 403,
  'repository-read-only': 403,
  'precondition-failed': 412,
  'unreadable-content': 500,
  'object-expired': 410,
  'source-changed': 409,
  'import-not-found': 404,
  'import-ended': 409,
  'store-full': 507,
  'guard-refused': 412,
  'not-comparable': 422,
  'too-large': 400,
  'not-offered': 501
};

/** A refusal that belongs to HTTP rather than to a verb. */
export class HttpError extends Error {
  override name = 'HttpError';
  constructor(
    readonly statusCode: number,
    message: string,
    readonly headers: Record<string, string> = {}
  ) {
    super(message);
  }
}

/** How an error reaches the client. */
export interface ErrorAnswer {
  status: number;
  /** `message`, and for some errors what else the client gets. */
  body: { message: string } | MergeConflict | PreviewTooLarge;
  headers?: Record<string, string>;
}

/** Turns whatever was thrown into what the client may see: a sentence, never a stack trace. */
export function answerTo(error: unknown): ErrorAnswer {
  if (error instanceof CatalogError) {
    return { status: STATUS[error.code], body: catalogBody(error) };
  }
  if (error instanceof HttpError) {
    return { status: error.statusCode, body: { message: error.message }, headers: error.headers };
  }
  const { code, statusCode = 500, validation } = error as Partial<FastifyError>;
  if (validation) {
    return { status: 400, body: { message: validationSentence(error as FastifyError) } };
  }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { status: 413, body: { message: 'The request body is too large. Send fewer items at once.' } };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return {
        status: 415,
        body: { message: 'Send the body as JSON, with Content-Type: application/json.' }
      };
    case 'FST_ERR_BAD_URL':
      return {
        status: 400,
        body: { message: 'The address is not a valid URL: it must be percent-encoded UTF-8.' }
      };
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { status: 414, body: { message: 'A name in the address is too long.' } };
  }
  return statusCode < 500
    ? { status: statusCode, body: { message: (error as Error).message } }
    : { status: 500, body: { message: 'The service failed on this request. Its log says why.' } };
}

/** Fastify's error handler: logs what is our fault, answers in the API's form. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = answerTo(error);
  // A client that left makes its own request fail: no fault of ours.
  if (answer.status >= 500 && answer.status !== 501 && !reply.raw.destroyed) {
    request.log.error({ err: error }, 'request failed');
  }
  if (!reply.raw.headersSent) {
    // What was said of an object whose bytes then could not be read.
    Object.keys(reply.getHeaders()).forEach(name => void reply.removeHeader(name));
    void reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .type('application/json')
      .send(answer.body);
  }
}

/** Status and sentence for one of several items, e.g. of a bulk deletion. */
export function statusOf(error: CatalogError): number {
  return STATUS[error.code];
}

function catalogBody(error: CatalogError): ErrorAnswer['body'] {
  const { code, message, data } = error;
  switch (code) {
    case 'merge-conflict':
      return { message, reference: '', conflicts: (data.paths as string[] | undefined) ?? [] };
    case 'too-large':
      return { message, columns: data.columns as string[] };
    default:
      return { message };
  }
}
