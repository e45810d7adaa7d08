/**
 * RFC 2047 encoded words: how S3 carries metadata values that are not ASCII.
 * Source: Amazon S3 User Guide, "Working with object metadata".
 */
const ENCODED_WORD = /=\?(utf-8|us-ascii|iso-8859-1)\?([bq])\?([^?\s]*)\?=/i;
/** Words that only white space separates belong together (RFC 2047, section 6.2). */
const BETWEEN_WORDS = /(\?=)[ \t]+(?==\?[\w-]+\?[bq]\?)/gi;

/** The text that encoded words in `value` stand for; what is none stays as it is. */
export function decodeEncodedWords(value: string): string {
  if (!value.includes('=?')) {
    return value;
  }
  return value
    .replace(BETWEEN_WORDS, '$1')
    .replace(new RegExp(ENCODED_WORD, 'gi'), (word, charset: string, encoding: string, text: string) => {
      const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQ(text);
      try {
        return new TextDecoder(charset, { fatal: true }).decode(bytes);
      } catch {
        return word;
      }
    });
}

/** One encoded word for the whole text, as S3 sends it. */
export function encodeWord(text: string): string {
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

function decodeQ(text: string): Buffer {
  const latin1 = text
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(latin1, 'latin1');
}
