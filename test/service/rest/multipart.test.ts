import fc from 'fast-check';
import { formFile } from '../../../src/service/rest/multipart.js';

const TYPE = 'multipart/form-data; boundary=frontier';

/** `text` as it may come from a socket, in pieces of these lengths. */
async function* pieces(bytes: Buffer, ...lengths: number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? bytes.length;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function form(...parts: [head: string, content: string | Buffer][]): Buffer {
  const fields = parts.flatMap(([head, content]) => [`--frontier\r\n${head}\r\n\r\n`, content, '\r\n']);
  return Buffer.concat([...fields, '--frontier--\r\n'].map(piece => Buffer.from(piece as string)));
}

async function contentOf(bytes: Buffer, type = TYPE, ...lengths: number[]): Promise<[string, Buffer]> {
  const { contentType, body } = await formFile(type, pieces(bytes, ...lengths), 'content');
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return [contentType, Buffer.concat(chunks)];
}

const CONTENT = 'Content-Disposition: form-data; name="content"; filename="f"';

describe('multipart/form-data', () => {
  test('the field is found with its type, whatever stands around it', async () => {
    const bytes = form(
      ['Content-Disposition: form-data; name="other"', 'skipped'],
      [`content-type: text/csv\r\n${CONTENT}`, 'a,b'],
      ['Content-Disposition: form-data; name="later"', 'ignored']
    );
    const preamble = Buffer.from('a preamble\r\n');
    expect(await contentOf(bytes)).toEqual(['text/csv', Buffer.from('a,b')]);
    expect(await contentOf(Buffer.concat([preamble, bytes]))).toEqual(['text/csv', Buffer.from('a,b')]);
  });

  test('a boundary may be quoted, a name bare, a type absent', async () => {
    const bytes = form(['Content-Disposition: form-data; name=content', '']);
    expect(await contentOf(bytes, 'multipart/form-data; boundary="frontier"')).toEqual(['', Buffer.alloc(0)]);
  });

  test('any bytes pass unchanged, in whatever pieces they come', async () => {
    const almost = fc.constantFrom('\r\n--frontie', '\r\n', '--frontier', '\r\n--', '\r');
    const content = fc
      .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), almost), { maxLength: 12 })
      .map(parts => Buffer.concat(parts.map(part => Buffer.from(part as string))))
      .filter(bytes => !bytes.includes('\r\n--frontier'));
    const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(content, lengths, async (bytes, cuts) => {
        const [, received] = await contentOf(form([CONTENT, bytes]), TYPE, ...cuts);
        expect(received.equals(bytes)).toBe(true);
      }),
      { numRuns: 300 }
    );
  });

  test.each([
    ['no boundary', form([CONTENT, 'x']), 'multipart/form-data'],
    ['no such field', form(['Content-Disposition: form-data; name="other"', 'x']), TYPE],
    ['no boundary in the body', Buffer.from('x'), TYPE],
    ['an empty body', Buffer.alloc(0), TYPE],
    ['a body that breaks off in the head', form([CONTENT, 'x']).subarray(0, 30), TYPE],
    ['a body that breaks off in the bytes', form([CONTENT, 'x'.repeat(100)]).subarray(0, 120), TYPE],
    ['an endless head', form([`${CONTENT}\r\nX: ${'x'.repeat(20_000)}`, 'x']), TYPE]
  ])('%s is refused', async (_, bytes, type) => {
    await expect(contentOf(bytes, type, 1000)).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
