import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Blocks } from '../../../src/service/blocks/blocks.js';
import { openLocalBlocks } from '../../../src/service/blocks/local.js';

let folder: string;
let blocks: Blocks;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-blocks-'));
  blocks = await openLocalBlocks({ folder, start: 1 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(content: string): Promise<string> {
  const writer = await blocks.create();
  await writer.write(Buffer.from(content.slice(0, 3)));
  await writer.write(Buffer.from(content.slice(3)));
  return writer.finish();
}

async function read(name: string, start: number, end: number): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of blocks.read(name, start, end)) {
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString();
}

async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const name of blocks.list()) {
    found.push(name);
  }
  return found;
}

test('a block reads back whole and in ranges', async () => {
  const name = await write('hello, block');
  expect(await read(name, 0, 12)).toBe('hello, block');
  expect(await read(name, 7, 9)).toBe('bl');
  expect(await read(name, 4, 4)).toBe('');
  expect(await names()).toEqual([name]);
});

test('a copy is a block of its own: it has the same bytes, and stays when the first goes', async () => {
  const name = await write('hello, block');
  const copy = await blocks.copy(name);
  expect((await names()).sort()).toEqual([name, copy].sort());
  await blocks.remove(name);
  expect(await read(copy, 0, 12)).toBe('hello, block');
  expect(await names()).toEqual([copy]);
  await expect(blocks.copy(name)).rejects.toThrow('ENOENT');
  expect(await names()).toEqual([copy]);
});

test('an unfinished block is not listed, and a restart removes it', async () => {
  const writer = await blocks.create();
  await writer.write(Buffer.from('half'));
  expect(await names()).toEqual([]);
  await openLocalBlocks({ folder, start: 2 });
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  await writer.discard();
});

test('a discarded block leaves nothing', async () => {
  const writer = await blocks.create();
  await writer.write(Buffer.from('x'));
  await writer.discard();
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('a missing and a shortened block fail instead of giving less', async () => {
  const name = await write('hello, block');
  await truncate(blocks.localFile(name)!, 5);
  await expect(read(name, 0, 12)).rejects.toThrow('shorter');
  await blocks.remove(name);
  await blocks.remove(name);
  await expect(read(name, 0, 12)).rejects.toThrow('ENOENT');
});

test('names carry the start, so that those of two starts never meet', async () => {
  const first = await write('same');
  blocks = await openLocalBlocks({ folder, start: 2 });
  const second = await write('same');
  expect([first.split('-')[0], second.split('-')[0]]).toEqual(['1', '2']);
  expect((await names()).sort()).toEqual([first, second].sort());
});

test('files and folders are readable by their owner alone', async () => {
  const name = await write('secret');
  expect((await stat(blocks.localFile(name)!)).mode & 0o077).toBe(0);
  expect((await stat(join(folder, 'incoming'))).mode & 0o077).toBe(0);
});

test('a foreign file in the folder is no block', async () => {
  await writeFile(join(folder, 'README'), 'not a block');
  expect(await names()).toEqual([]);
});
