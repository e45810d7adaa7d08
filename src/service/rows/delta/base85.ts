/** Z85 (rfc.zeromq.org/spec/32), as Delta logs write bytes as text: five characters are four bytes. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const DIGITS = new Map([...ALPHABET].map((character, i) => [character, i]));

/** @throws RangeError where the text is none */
export function fromBase85(text: string): Buffer {
  if (text.length % 5 !== 0) {
    throw new RangeError('text that ends too early');
  }
  const bytes = Buffer.alloc((text.length / 5) * 4);
  for (let i = 0; i < text.length; i += 5) {
    let value = 0;
    for (const character of text.slice(i, i + 5)) {
      value = value * 85 + (DIGITS.get(character) ?? NaN);
    }
    if (!(value < 2 ** 32)) {
      throw new RangeError('text that is no number of 32 bits');
    }
    bytes.writeUInt32BE(value, (i / 5) * 4);
  }
  return bytes;
}
