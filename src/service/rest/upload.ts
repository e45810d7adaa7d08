import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { conditionsOf, refuseEarly } from './conditions.js';
import type { RestContext } from './context.js';
import { formFile } from './multipart.js';
import type { FormFile } from './multipart.js';
import { flag, object, text } from './schemas.js';
import type { OnBranch } from './schemas.js';
import { objectStats } from './stats.js';

/** User metadata comes in headers that begin with this, as the published SDKs send it. */
const METADATA_HEADER = 'x-lakefs-meta-';

interface UploadRoute {
  Params: OnBranch;
  Querystring: { path: string; storageClass?: string; force?: boolean };
}

/** Writing an object: POST of `objects`, with the bytes as the body or as the field `content` of a form. */
export function upload(app: FastifyInstance, { catalog }: RestContext): void {
  app.post<UploadRoute>(
    '/repositories/:repository/branches/:branch/objects',
    {
      schema: { querystring: object({ path: text, storageClass: text, force: flag }, 'path') }
    },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { path, force } = request.query;
      const conditions = conditionsOf(request.headers);
      const { storageNamespace } = await catalog.repositories.get(repository);
      await catalog.branches.get(repository, branch);
      // Also refuses a path that can be no object's, before bytes are taken in for it.
      const existing = await catalog.objects.find(repository, branch, path);
      refuseEarly(conditions, path, existing?.checksum);

      const { contentType, body } = await content(request, reply);
      const received = await catalog.contents.receive(repository, body);
      const metadata = metadataOf(request.raw.rawHeaders);
      const entry = await catalog.objects.put(repository, branch, path, received, {
        contentType,
        metadata,
        conditions,
        force
      });
      return reply.code(201).send(objectStats(path, entry, storageNamespace));
    }
  );
}

/** The bytes and their type. From here on the client may send its body. */
async function content(request: FastifyRequest, reply: FastifyReply): Promise<FormFile> {
  const contentType = headerAsSent(request.raw.rawHeaders, 'content-type');
  const body = requestBody(request, reply);
  return /^multipart\/form-data\b/i.test(contentType)
    ? formFile(contentType, body, 'content')
    : { contentType, body };
}

/** The bytes that a client sends. From here on it may send them. */
export function requestBody(request: FastifyRequest, reply: FastifyReply): AsyncIterable<Buffer> {
  if (expectsContinue(request)) {
    reply.raw.writeContinue();
  }
  // Who stops reading early must not end the connection: a refusal has yet to go out on it, and clients read
  // that only when all they sent was taken. Node drains what nobody has begun to read, and nothing else.
  reply.raw.once('finish', () => request.raw.resume());
  return { [Symbol.asyncIterator]: () => request.raw.iterator({ destroyOnReturn: false }) };
}

/** Whether the client waits for our word before it sends its body. */
export function expectsContinue(request: FastifyRequest): boolean {
  return /^100-continue$/i.test(request.headers.expect ?? '');
}

function headerAsSent(rawHeaders: string[], name: string): string {
  const at = rawHeaders.findIndex((header, i) => i % 2 === 0 && header.toLowerCase() === name);
  return at < 0 ? '' : rawHeaders[at + 1]!;
}

/** User metadata, its keys as they were written: Node's own `headers` are in lower case. */
export function metadataOf(rawHeaders: string[]): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.toLowerCase().startsWith(METADATA_HEADER)) {
      metadata[name.slice(METADATA_HEADER.length)] = headerText(rawHeaders[i + 1]!);
    }
  }
  return metadata;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** HTTP carries bytes, Node shows them as Latin-1; most clients that send more than ASCII mean UTF-8. */
function headerText(value: string): string {
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
