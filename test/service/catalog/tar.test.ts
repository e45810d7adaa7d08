import {
  headerOf,
  paddingOf,
  TAR_END,
  TarError,
  tarFiles
} from '../../../src/service/catalog/archive/tar.js';
import { chunks } from './fixture.js';

async function read(tar: Buffer): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { name, bytes } of tarFiles(chunks(tar), () => undefined)) {
    const parts: Buffer[] = [];
    for await (const chunk of bytes) {
      parts.push(chunk);
    }
    found.push([name, Buffer.concat(parts).toString()]);
  }
  return found;
}

const file = (name: string, content: string) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([headerOf(name, bytes.length, 0), bytes, paddingOf(bytes.length)]);
};

test('files come back in order, whole blocks and empty ones too', async () => {
  const files: [string, string][] = [
    ['empty', ''],
    ['a/b', 'x'.repeat(512)],
    ['n'.repeat(100), 'é'.repeat(1_000)]
  ];
  expect(
    await read(Buffer.concat([...files.map(([name, content]) => file(name, content)), TAR_END]))
  ).toEqual(files);
});

test('whoever stops early closes the source', async () => {
  let closed = false;
  async function* source() {
    try {
      yield file('a', 'a');
      yield file('b', 'b');
    } finally {
      closed = true;
    }
  }
  for await (const { name } of tarFiles(source(), () => undefined)) {
    expect(name).toBe('a');
    break;
  }
  expect(closed).toBe(true);
});

test('sizes beyond eight gigabytes are written and read', async () => {
  const size = 5 * 2 ** 40 + 3;
  const [first] = [headerOf('large', size, 0)];
  for await (const found of tarFiles(chunks(Buffer.concat([first!, Buffer.alloc(10)])), () => undefined)) {
    expect(found).toMatchObject({ name: 'large', size });
    break;
  }
});

test('what is none, or is broken, is refused', async () => {
  const good = Buffer.concat([file('a', 'a'), TAR_END]);
  const change = (place: number, byte: number) => {
    const bytes = Buffer.from(good);
    bytes[place] = byte;
    return bytes;
  };
  for (const bytes of [
    good.subarray(0, 700),
    good.subarray(0, 1_024),
    change(0, 'b'.charCodeAt(0)),
    change(156, '5'.charCodeAt(0)),
    change(130, 'x'.charCodeAt(0)),
    Buffer.concat([good, Buffer.from('more')])
  ]) {
    await expect(read(bytes)).rejects.toThrow(TarError);
  }
});
