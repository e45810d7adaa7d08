/** The texts of a file of lines, as its bytes come in. Nothing is held but the line that is incomplete. */
export async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
    }
  }
}

/** Texts, none of which has a line feed, as bytes: one a line. */
export async function* bytesOf(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const line of lines) {
    yield Buffer.from(`${line}\n`, 'utf8');
  }
}

const NEWLINE = 0x0a;
