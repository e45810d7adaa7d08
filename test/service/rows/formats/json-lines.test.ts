import { gzipSync } from 'node:zlib';

import fc from 'fast-check';

import { readJson } from '../../../../src/service/rows/formats/json-lines.js';
import { UnreadableFile } from '../../../../src/service/rows/formats/unreadable.js';
import { Bytes } from './bytes.js';

const read = (text: string | Uint8Array, chunkBytes?: number) => readJson(new Bytes(text, chunkBytes));

describe('a JSON file', () => {
  test('has one row per record of JSON Lines', async () => {
    expect(
      await read('{"id":1,"name":"x"}\n{"id":2.5,"tags":["a"]}\n\n{"id":null,"at":{"x":1},"ok":true}')
    ).toEqual({
      rows: 3,
      columns: [
        { name: 'id', type: 'double' },
        { name: 'name', type: 'string' },
        { name: 'tags', type: 'list' },
        { name: 'at', type: 'struct' },
        { name: 'ok', type: 'bool' }
      ]
    });
  });

  test('may hold one array of records, on any number of lines', async () => {
    expect(await read('[{"a":1},{"a":2}]')).toMatchObject({
      rows: 2,
      columns: [{ name: 'a', type: 'int64' }]
    });
    expect(await read('\n [\n  {"a": [1, 2]},\n  {"a": []}\n]\n')).toMatchObject({ rows: 2 });
    expect(await read('[]')).toEqual({ rows: 0, columns: [] });
    expect(await read('[1, 2,3]')).toMatchObject({ rows: 3, columns: [{ name: 'value', type: 'int64' }] });
  });

  test('may spread a record over several lines', async () => {
    expect((await read('{\n "a": 1\n}\n{\n "a": 2\n}\n')).rows).toBe(2);
  });

  test('may be empty', async () => {
    expect(await read('')).toEqual({ rows: 0, columns: [] });
    expect(await read('\n\n')).toEqual({ rows: 0, columns: [] });
  });

  test('may be compressed and may begin with a byte order mark', async () => {
    expect((await read(gzipSync('{"a":1}\n{"a":2}\n'))).rows).toBe(2);
    expect((await read('\ufeff{"a":1}\n')).rows).toBe(1);
  });

  test('has brackets, quotes and commas inside strings as text', async () => {
    expect((await read('{"a":"}{][,\\"\\\\"}\n{"a":"\\u007d"}\n')).rows).toBe(2);
  });
});

describe('a broken JSON file', () => {
  test.each([
    ['{"a":1}\n{"a":2\n', 'ends inside the record that begins on line 2'],
    ['{"a":1}\n{"a":"x\n}\n', 'has a string that does not end on its line, on line 2'],
    ['[{"a":1},{"a":2}', 'ends before its array does: it was cut off'],
    ['{"a":1}}\n', 'closes a bracket that is not open, on line 1'],
    ['[1]\n[2]', 'has something behind the end of its array, on line 2'],
    ['{"a":1},\n{"a":2}\n', 'has a comma between two records, on line 1'],
    ['{"a":1}\n{a:2}\n', 'has a record that is no JSON: record 2'],
    ['a,b\n1,2\n', 'has a comma between two records, on line 1']
  ])('%j says: %s', async (text, message) => {
    const failure = await read(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableFile);
    expect((failure as Error).message).toBe(message);
  });
});

test('any records are counted, as lines and as an array, however their bytes arrive', async () => {
  const records = fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()));
  await fc.assert(
    fc.asyncProperty(records, fc.integer({ min: 1, max: 30 }), async (values, chunkBytes) => {
      const array = JSON.stringify(values, undefined, chunkBytes % 3);
      expect((await read(array, chunkBytes)).rows).toBe(values.length);
      // A first line that is an array would be taken for the array of all records.
      const lines = values.map(value => `${JSON.stringify({ value })}\n`).join('');
      expect((await read(lines, chunkBytes)).rows).toBe(values.length);
    }),
    { numRuns: 100 }
  );
});
