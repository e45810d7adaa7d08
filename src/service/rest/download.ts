import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ObjectEntry } from '../catalog/model.js';
import { entityTags } from '../entity-tags.js';
import { matches } from './conditions.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { readAddress } from './presigned.js';
import { rangeOf } from './range.js';
import type { ByteRange } from './range.js';
import { flag, object, text } from './schemas.js';
import type { AtRef } from './schemas.js';
import { contentTypeOf } from './stats.js';

interface ObjectRoute {
  Params: AtRef;
  Querystring: { path: string; presign?: boolean };
}

/** Reading an object's bytes: GET and HEAD of `objects`. */
export function download(app: FastifyInstance, { catalog, presign }: RestContext): void {
  const url = '/repositories/:repository/refs/:ref/objects';
  const schema = { querystring: object({ path: text, presign: flag }, 'path') };

  app.head<ObjectRoute>(url, { schema }, async (request, reply) => {
    await prepare(request, reply);
    return reply.send();
  });

  app.get<ObjectRoute>(url, { schema }, async (request, reply) => {
    if (request.query.presign) {
      const { repository, ref } = request.params;
      const entry = await catalog.objects.stat(repository, ref, request.query.path);
      return reply.redirect(readAddress(presign, request, request.params, entry).url, 302);
    }
    const { entry, range } = await prepare(request, reply);
    if (!range) {
      return reply.send();
    }
    const bytes = catalog.contents.read(request.params.repository, entry.contentId, range.start, range.end);
    return reply.send(Readable.from(bytes, { objectMode: false }));
  });

  /** Sets status and headers. Without a range there is no body to send. */
  async function prepare(
    request: FastifyRequest<ObjectRoute>,
    reply: FastifyReply
  ): Promise<{ entry: ObjectEntry; range?: ByteRange }> {
    const { repository, ref } = request.params;
    const entry = await catalog.objects.stat(repository, ref, request.query.path);
    if (notModified(request, entry)) {
      describe(reply.code(304), entry);
      return { entry };
    }
    const range = wanted(request, entry);
    if (range === 'unsatisfiable') {
      throw new HttpError(416, `The range asked for lies outside the object's ${entry.size} bytes.`, {
        'content-range': `bytes */${entry.size}`
      });
    }
    describe(reply, entry);
    const { start, end } = range === 'whole' ? { start: 0, end: entry.size } : range;
    void reply.header('content-length', end - start).type(contentTypeOf(entry));
    if (range !== 'whole') {
      void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${entry.size}`);
    }
    return { entry, range: { start, end } };
  }
}

/** What every answer about an object says; bytes of users must never run as a page of this origin. */
function describe(reply: FastifyReply, entry: ObjectEntry): void {
  void reply.headers({
    etag: `"${entry.checksum}"`,
    'last-modified': new Date(entry.mtime).toUTCString(),
    'accept-ranges': 'bytes',
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'content-disposition': attachment(entry.path)
  });
}

function notModified({ headers }: FastifyRequest<ObjectRoute>, entry: ObjectEntry): boolean {
  const ifMatch = entityTags(headers['if-match']);
  if (ifMatch && !matches(ifMatch, entry.checksum)) {
    throw new HttpError(412, `"${entry.path}" is no longer the object that the request expects.`);
  }
  const ifNoneMatch = entityTags(headers['if-none-match']);
  return ifNoneMatch !== undefined && matches(ifNoneMatch, entry.checksum);
}

/** The range, unless it was meant for other bytes (`If-Range`, RFC 9110, section 13.1.5). */
function wanted({ headers }: FastifyRequest<ObjectRoute>, entry: ObjectEntry): ReturnType<typeof rangeOf> {
  const ifRange = entityTags(headers['if-range'] as string | undefined);
  const current = !ifRange || matches(ifRange, entry.checksum);
  return rangeOf(current ? headers.range : undefined, entry.size);
}

/** `attachment` with the file's name, in the two forms of RFC 6266: what is ASCII, and UTF-8. */
function attachment(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1) || 'download';
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const utf8 = encodeURIComponent(name).replace(/['()*]/g, escapeByte);
  return ascii === name
    ? `attachment; filename="${name}"`
    : `attachment; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}

const escapeByte = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
