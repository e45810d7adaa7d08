import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SortedNames } from '../../../src/service/blocks/sorted-names.js';

test('names come in the order of their bytes, however many there are and in which pieces they are taken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'databranch-names-'));
  try {
    // More than three runs, and names whose order in UTF-16 is another.
    const names = Array.from({ length: 25_000 }, (_, i) => `${(i * 7_919) % 25_000}`);
    names.push('\u{1f600}', '\uffee', 'é', 'z', '-', 'Z');
    for (let at = 0; at < names.length; at += 500) {
      await Promise.all(names.slice(at, at + 500).map(name => writeFile(join(folder, name), '')));
    }
    const sorted = await SortedNames.of(folder);
    const taken: string[] = [];
    for (let count = 1; ; count = (count * 3) % 1_001) {
      const some = sorted.take(count);
      expect(some.length).toBeLessThanOrEqual(count);
      if (some.length === 0) {
        break;
      }
      taken.push(...some);
    }
    const expected = names.map(name => Buffer.from(name)).sort(Buffer.compare);
    expect(taken).toEqual(expected.map(String));
  } finally {
    await rm(folder, { recursive: true });
  }
});
