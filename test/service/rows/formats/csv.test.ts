import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';

import { readCsv } from '../../../../src/service/rows/formats/csv.js';
import { UnreadableFile } from '../../../../src/service/rows/formats/unreadable.js';
import { portableZstd } from '../../../../src/service/rows/formats/zstd.js';
import { Bytes } from './bytes.js';
import { DuckDb } from '../duckdb.js';

/** By the command `zstd`. */
const ZSTD = {
  'two frames with one between that is to be skipped': {
    bytes: Buffer.from('KLUv/QRoYQAAYSxiCjEsMgozLDQK4bPLLlAqTRgEAAAAYWJjZCi1L/0EWCEAADUsNgqOKNgm', 'base64'),
    rows: 3
  },
  'many blocks, 10,000 times as long as the file': {
    bytes: Buffer.from(
      'KLUv/QRorAAAaGlkLHRleHQKMSxhYmMBAPD/ycsXRAAAAAEA/f/JCxBEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAA' +
        'AQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAABAP3/OQACRAAAAAEA/f85AAJEAAAAAQD9/zkAAkQAAAAB' +
        'AP3/OQACRQAAAAEARXc5AAIJK1X1',
      'base64'
    ),
    rows: 300_000
  }
};

const read = (text: string | Uint8Array, preferred = ',', chunkBytes?: number) =>
  readCsv(new Bytes(text, chunkBytes), preferred);
const names = async (text: string) => (await read(text)).columns.map(column => column.name);

describe('a CSV file', () => {
  test('has one row per line below its header', async () => {
    expect(await read('id,city\n1,Rome\n2,Oslo\n')).toEqual({
      rows: 2,
      columns: [
        { name: 'id', type: 'text' },
        { name: 'city', type: 'text' }
      ],
      layout: { delimiter: ',', escape: '"', header: true, fields: 2 }
    });
  });

  test('may end without a line break, and may break lines as Windows and old Macs do', async () => {
    expect((await read('a,b\n1,2\n3,4')).rows).toBe(2);
    expect((await read('a,b\r\n1,2\r\n3,4\r\n')).rows).toBe(2);
    expect((await read('a,b\r1,2\r3,4\r')).rows).toBe(2);
    expect((await read('a,b\r\n1,2\n3,4\r\n')).rows).toBe(2);
  });

  test('has no rows in empty lines', async () => {
    expect((await read('a,b\n\n1,2\n\r\n\n3,4\n\n')).rows).toBe(2);
    expect((await read('a,b\n,\n')).rows).toBe(1);
  });

  test('keeps line breaks and delimiters inside quotes in their row', async () => {
    const text = 'a,b\n"one\ntwo","x, y"\n"he said ""hi""\n",z\n';
    expect(await read(text)).toMatchObject({ rows: 2, layout: { fields: 2 } });
  });

  test('may have a quote inside an unquoted field', async () => {
    expect((await read('size,n\n5" disk,1\n3" disk,2\n')).rows).toBe(2);
  });

  test('is read with the backslash that Spark writes before quotes', async () => {
    const text = 'a,b\n"say \\"a\nb\\"",1\n"say \\"c,d\\"",2\n';
    expect(await read(text)).toMatchObject({ rows: 2, layout: { escape: '\\', fields: 2 } });
    expect((await read('path,n\n"C:\\",1\n"D:\\",2\n')).layout).toMatchObject({ escape: '"' });
  });

  test('may begin with a byte order mark', async () => {
    expect(await names('\ufeffid,city\n1,Rome\n')).toEqual(['id', 'city']);
  });

  test('may be delimited by semicolon, tab or bar', async () => {
    for (const delimiter of [';', '\t', '|']) {
      const text = `a${delimiter}b${delimiter}c\n1,5${delimiter}2${delimiter}x\n2,5${delimiter}3${delimiter}y\n`;
      expect(await read(text)).toMatchObject({ rows: 2, layout: { delimiter, fields: 3 } });
    }
  });

  test('named .tsv prefers the tab', async () => {
    expect((await read('a,b\tc,d\n1,2\t3,4\n', '\t')).layout).toMatchObject({ delimiter: '\t', fields: 2 });
  });

  test('may have one column', async () => {
    expect(await read('name\nRome\nOslo\n')).toMatchObject({ rows: 2, columns: [{ name: 'name' }] });
  });

  test('may be empty, or a header alone', async () => {
    expect(await read('')).toMatchObject({ rows: 0, columns: [] });
    expect(await read('a,b\n')).toMatchObject({ rows: 0, columns: [{ name: 'a' }, { name: 'b' }] });
  });

  test('may be compressed by gzip, whatever its name', async () => {
    expect((await read(gzipSync('a,b\n1,2\n3,4\n'))).rows).toBe(2);
  });

  test.each(Object.entries(ZSTD))('may be compressed by zstd: %s', async (_, { bytes, rows }) => {
    expect((await read(bytes)).rows).toBe(rows);
    // Also where Node has a zstd of its own.
    const pieces: Buffer[] = [];
    for await (const piece of portableZstd(Readable.from(bytes, { objectMode: false }))) {
      pieces.push(piece);
    }
    expect((await read(Buffer.concat(pieces))).rows).toBe(rows);
  });

  test('may have lines of unequal length', async () => {
    expect(await read('a,b\n1\n1,2,3\n')).toMatchObject({ rows: 2, layout: { fields: 3 } });
  });

  test('in Latin-1 is counted', async () => {
    expect(await read(Buffer.from('stadt,n\nKöln,1\n', 'latin1'))).toMatchObject({ rows: 1 });
  });
});

describe('a first line', () => {
  test.each([
    ['id,name\n1,x\n', true],
    ['"id","full name"\n1,x\n', true],
    [',a,b\n0,1,2\n', true],
    ['name\nRome\n', true],
    ['1,2\n3,4\n', false],
    ['Rome,2\nOslo,4\n', false],
    ['a,a\n1,2\n', false],
    ['a,,b\n1,2,3\n', false],
    ['2020-01-01,x\n2020-01-02,y\n', false],
    ['true,x\nfalse,y\n', false],
    ['-1.5e3,x\n', false]
  ])('%j names columns: %s', async (text, header) => {
    const { layout, columns } = await read(text);
    expect(layout!.header).toBe(header);
    if (!header) {
      expect(columns[0]!.name).toBe('_c0');
    }
  });
});

describe('a broken CSV file', () => {
  const reason = async (text: string | Uint8Array): Promise<string> => {
    const failure = await read(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableFile);
    return (failure as Error).message;
  };

  test('is named with the line of the quote that is never closed', async () => {
    expect(await reason('a,b\n1,2\n"3,4\n5,6\n')).toBe('has a quote on line 3 that is never closed');
    expect(await reason(`a,b\n${'1,"x\ny"\n'.repeat(50_000)}1,"2\n`)).toMatch(/line 100002/);
  });

  test('that is none is named', async () => {
    expect(await reason(Buffer.from([1, 0, 2, 0, 3]))).toMatch(/zero bytes/);
    expect(await reason(Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'))).toMatch(/UTF-16/);
    expect(await reason(gzipSync('a,b\n1,2\n').subarray(0, 20))).toMatch(/gzip compression that is damaged/);
    const cutOff = ZSTD['many blocks, 10,000 times as long as the file'].bytes.subarray(0, 100);
    expect(await reason(cutOff)).toMatch(/zstd compression that is damaged/);
  });

  test('does not hide that its bytes could not be had', async () => {
    const file = new Bytes('a,b\n1,2\n');
    file.stream = async function* () {
      yield Buffer.from('a,b\n');
      throw new Error('the disk is gone');
    };
    await expect(readCsv(file, ',')).rejects.toThrow('the disk is gone');
  });
});

test('counting stops when it is told to', async () => {
  const abort = new AbortController();
  abort.abort(new Error('enough'));
  await expect(readCsv(new Bytes('a,b\n1,2\n'), ',', abort.signal)).rejects.toThrow('enough');
});

const cell = fc.oneof(
  fc.string(),
  fc.constantFrom('', '"', '""', 'x"y', 'a,b', 'line\nbreak', 'cr\r\nlf', '\\', '\\n', 'ß', '😀', '5')
);
const table = fc
  .integer({ min: 2, max: 5 })
  .chain(width =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 })
  );
const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

test('any table of quoted fields has as many rows as it has, however its bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, chunkBytes) => {
      fc.pre(!rows.flat().some(value => value.includes('\0')));
      const text = `h1,h2\n${rows.map(row => `${row.map(quoted).join(',')}\n`).join('')}`;
      const { rows: counted, layout } = await read(text, ',', chunkBytes);
      fc.pre(layout!.delimiter === ',' && layout!.escape === '"');
      expect(counted).toBe(rows.length);
      expect(layout!.fields).toBe(rows[0]!.length);
    }),
    { numRuns: 300 }
  );
});

test('what DuckDB writes is counted, whatever it has to quote', async () => {
  const duckdb = await DuckDb.open();
  try {
    const select = `SELECT range AS id, CASE range % 5 WHEN 0 THEN 'plain' WHEN 1 THEN 'a,b' WHEN 2 THEN 'x "y" z'
      WHEN 3 THEN E'two\\nlines' END AS text, '' AS nothing FROM range(10007)`;
    for (const options of [
      '',
      ", delimiter ';'",
      ", delimiter '\t'",
      ', force_quote *',
      ', compression gzip'
    ]) {
      const bytes = await duckdb.write(select, `format csv, header${options}`);
      expect(await read(bytes)).toMatchObject({ rows: 10_007, layout: { header: true, fields: 3 } });
    }
  } finally {
    await duckdb.close();
  }
});
