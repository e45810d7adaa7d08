import { invalid } from '../catalog/errors.js';

/** The file of a form as it arrives. */
export interface FormFile {
  /** As the part names it; '' when it does not. */
  contentType: string;
  /** To be read once, to its end. @throws invalid-input when the form breaks off */
  body: AsyncIterable<Buffer>;
}

/** Longest head of a part: field name, file name, type. */
const PART_HEAD_BYTES_MAX = 16 * 1024;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * Finds the field `name` of a `multipart/form-data` body (RFC 7578) and gives its bytes as they come; nothing
 * is held but the few bytes that may be the beginning of a boundary. Fields before it are skipped, those
 * after it are ignored.
 *
 * @param contentType the request's, with the boundary
 * @throws invalid-input when the body is no such form or has no such field
 */
export async function formFile(
  contentType: string,
  body: AsyncIterable<Buffer>,
  name: string
): Promise<FormFile> {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) {
    throw invalid('A multipart/form-data body needs a boundary in its Content-Type.');
  }
  const input = new Input(body, Buffer.from(`\r\n--${boundary}`));
  try {
    await input.skipPart();
    for (;;) {
      const head = await input.partHead();
      if (head === undefined) {
        throw invalid(`The form has no field "${name}": send the object's bytes in a field of that name.`);
      }
      if (fieldName(head) === name) {
        return { contentType: partType(head), body: input.lastPart() };
      }
      await input.skipPart();
    }
  } catch (error) {
    await input.leave();
    throw error;
  }
}

/** Only what can go out in a header again. */
function partType(head: string): string {
  return (/^content-type:([\t\x20-\x7e]*)$/im.exec(head)?.[1] ?? '').trim();
}

function fieldName(head: string): string | undefined {
  const disposition = /^content-disposition: *form-data *;(.*)$/im.exec(head)?.[1];
  const [, quoted, bare] = /(?:^|;)\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(disposition ?? '') ?? [];
  return quoted ?? bare;
}

/** A body being cut at its boundaries. */
class Input {
  private readonly chunks: AsyncIterator<Buffer>;
  /** Read but not used. The first boundary has no line before it, so one is put there. */
  private rest: Buffer = Buffer.from('\r\n');

  constructor(
    body: AsyncIterable<Buffer>,
    private readonly delimiter: Buffer
  ) {
    this.chunks = body[Symbol.asyncIterator]();
  }

  /** Goes past the next boundary. */
  async skipPart(): Promise<void> {
    for await (const _ of this.partBody()) {
      // Bytes of a field that nobody asked for.
    }
  }

  /** The lines before a part's bytes, or undefined at the form's end. */
  async partHead(): Promise<string | undefined> {
    while (this.rest.length < 2) {
      await this.readMore();
    }
    if (this.rest.subarray(0, 2).toString('latin1') === '--') {
      return undefined;
    }
    let end: number;
    while ((end = this.rest.indexOf(END_OF_HEAD)) < 0) {
      if (this.rest.length > PART_HEAD_BYTES_MAX) {
        throw invalid("The head of the form's field is too long.");
      }
      await this.readMore();
    }
    const head = this.rest.subarray(0, end).toString('utf8');
    this.rest = this.rest.subarray(end + END_OF_HEAD.length);
    return head;
  }

  /** The bytes of the part that was wanted; what comes after them is left unread. */
  async *lastPart(): AsyncGenerator<Buffer> {
    try {
      yield* this.partBody();
    } finally {
      await this.leave();
    }
  }

  /** Reads no more. */
  async leave(): Promise<void> {
    await this.chunks.return?.();
  }

  /** The bytes up to the next boundary, which is then behind us. */
  async *partBody(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.rest.indexOf(this.delimiter);
      const sure = at >= 0 ? at : Math.max(0, this.rest.length - this.delimiter.length + 1);
      if (sure > 0) {
        yield this.rest.subarray(0, sure);
      }
      this.rest = this.rest.subarray(at >= 0 ? at + this.delimiter.length : sure);
      if (at >= 0) {
        return;
      }
      await this.readMore();
    }
  }

  private async readMore(): Promise<void> {
    const { value, done } = await this.chunks.next();
    if (done) {
      throw invalid('The form breaks off before its last boundary.');
    }
    this.rest = this.rest.length === 0 ? value : Buffer.concat([this.rest, value]);
  }
}
