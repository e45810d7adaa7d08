import fc from 'fast-check';
import type { Entry } from '../../../src/service/catalog/model.js';
import { decodeEncodedWords, encodeWord } from '../../../src/service/s3/encoded-word.js';
import { attributeHeaders, readAttributes } from '../../../src/service/s3/metadata.js';

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const entryOf = (contentType: string, metadata: Record<string, string>): Entry =>
  ({ contentType, metadata }) as unknown as Entry;

test('metadata that came in headers goes out in headers that say the same', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter(each => each !== '__proto__');
  const value = fc.string({ unit: 'grapheme', maxLength: 12 }).map(text => text.trim());
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }), given => {
      fc.pre(Object.values(given).every(text => !text.includes('=?')));
      const sent = new Map(Object.entries(given).map(([key, text]) => [`x-amz-meta-${key}`, latin1(text)]));
      const { metadata } = readAttributes(sent);
      expect(metadata).toEqual(given);
      const answered = attributeHeaders(entryOf('', metadata));
      for (const header of Object.values(answered)) {
        expect(header).toMatch(/^[\x20-\x7e]*$/);
      }
      const again = readAttributes(new Map(Object.entries(answered)));
      expect(again.metadata).toEqual(given);
    }),
    { numRuns: 300 }
  );
});

test('encoded words are read in both encodings, whole or in pieces', () => {
  expect(decodeEncodedWords('=?UTF-8?B?Z3LDtsOfZXI=?=')).toBe('größer');
  expect(decodeEncodedWords('=?utf-8?q?gr=C3=B6=C3=9Fer_als?=')).toBe('größer als');
  expect(decodeEncodedWords('=?ISO-8859-1?Q?gr=F6=DFer?= und so')).toBe('größer und so');
  expect(decodeEncodedWords('=?UTF-8?Q?gr=C3=B6?= =?UTF-8?Q?=C3=9Fer?=')).toBe('größer');
  expect(decodeEncodedWords('a =?= b =?x-unknown?B?AAAA?=')).toBe('a =?= b =?x-unknown?B?AAAA?=');
  expect(decodeEncodedWords('=?UTF-8?B?/w==?=')).toBe('=?UTF-8?B?/w==?=');
  expect(decodeEncodedWords(encodeWord('ä\n\u{1F600}'))).toBe('ä\n\u{1F600}');
});

test('header bytes that are not UTF-8 are taken as Latin-1', () => {
  expect(readAttributes(new Map([['x-amz-meta-a', 'gr\xf6\xdfer']])).metadata).toEqual({ a: 'größer' });
});

test('aws-chunked is no encoding of the object', () => {
  const encodingOf = (header: string): string | undefined =>
    readAttributes(new Map([['content-encoding', header]])).metadata['http:content-encoding'];
  expect(encodingOf('aws-chunked')).toBeUndefined();
  expect(encodingOf('gzip, aws-chunked')).toBe('gzip');
  expect(encodingOf('aws-chunked,gzip,br')).toBe('gzip,br');
  expect(encodingOf('deflate, aws-chunked, gzip')).toBe('deflate, gzip');
});

test('an object without a type has S3’s', () => {
  expect(attributeHeaders(entryOf('', {}))).toEqual({ 'content-type': 'binary/octet-stream' });
});
