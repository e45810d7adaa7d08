import { createHash } from 'node:crypto';

import type { Blocks } from '../blocks/blocks.js';
import type { RepositoryUid, StagingToken } from '../ids.js';
import type { Kv, KvRecord, Version } from '../kv/kv.js';
import { HashSet } from './hash-set.js';
import {
  DELETED,
  dropLayerKey,
  dropRepositoryKey,
  familyOf,
  LAYERS,
  REPOSITORIES,
  REPOSITORY_FAMILIES
} from './keys.js';
import type { Pace } from './pace.js';
import { decodeBlock, decodeRecord, type RepositoryRecord } from './records.js';
import { scanPages, scanWhole } from './scan.js';

const TOKEN_DIGITS = 32;
const UID_DIGITS = 16;
const PARTS_PER_PAGE = 2_000;
/** A page of block records may be so many times 16 KiB. */
const BLOCKS_PER_PAGE = 500;

/*
 * What verbs leave behind that a crash or a failure cut short, each a kind of record or file that nothing names and
 * nothing will ever name: to be removed without a look at what it holds.
 */

/**
 * Layers of staged changes that no branch and no operation names, of those begun in an earlier epoch: younger ones
 * may be a verb's that is at work.
 * @param named the tokens of all repositories, 16 bytes each
 */
export async function* leftoverLayers(kv: Kv, named: HashSet, line: Version): AsyncGenerator<StagingToken> {
  for (let start: Buffer = LAYERS; ;) {
    const first = await firstFrom(kv, LAYERS, start);
    if (!first) {
      return;
    }
    const token = digitsBehind(first, LAYERS.length, TOKEN_DIGITS) as StagingToken;
    const dropped = await kv.snapshot(reader => reader.get(dropLayerKey(token)));
    if (!named.has(Buffer.from(token, 'hex')) && first.version <= line && !dropped) {
      yield token;
    }
    start = behind(first.key, LAYERS.length + TOKEN_DIGITS);
  }
}

/** Repositories whose making broke off: records under a uid that no repository has. */
export async function* leftoverRepositories(kv: Kv, line: Version): AsyncGenerator<RepositoryUid> {
  const { repositories, deleted } = await kv.snapshot(async reader => ({
    repositories: await scanWhole(reader, REPOSITORIES),
    deleted: await scanWhole(reader, DELETED)
  }));
  const known = new Set([
    ...repositories.map(({ value }) => decodeRecord<RepositoryRecord>(value).uid),
    ...deleted.map(({ key }) => key.subarray(DELETED.length).toString('utf8') as RepositoryUid)
  ]);
  for (const letter of REPOSITORY_FAMILIES) {
    const family = Buffer.from(`${letter}/`);
    for (let start: Buffer = family; ;) {
      const first = await firstFrom(kv, family, start);
      if (!first) {
        break;
      }
      const uid = digitsBehind(first, family.length, UID_DIGITS) as RepositoryUid;
      const dropped = await kv.snapshot(reader => reader.get(dropRepositoryKey(uid)));
      if (!known.has(uid) && first.version <= line && !dropped) {
        known.add(uid);
        yield uid;
      }
      start = behind(first.key, family.length + UID_DIGITS);
    }
  }
}

/** Ids of uploads that are over, and have parts still. */
export async function* leftoverParts(
  kv: Kv,
  uid: RepositoryUid,
  uploads: Set<string>,
  line: Version
): AsyncGenerator<string> {
  const family = familyOf('p', uid);
  let last: string | undefined;
  for await (const page of scanPages(kv, family, PARTS_PER_PAGE)) {
    for (const { key, version } of page) {
      const id = key.subarray(family.length).toString('utf8').split('/')[0]!;
      if (id !== last && version <= line && !uploads.has(id)) {
        yield id;
      }
      last = id;
    }
  }
}

/** Files of earlier starts of the service that no block record of any repository names. */
export async function* leftoverFiles(kv: Kv, blocks: Blocks, pace: Pace): AsyncGenerator<string> {
  const named = new HashSet();
  for await (const page of scanPages(kv, Buffer.from('k/'), BLOCKS_PER_PAGE)) {
    for (const { value } of page) {
      const { place } = decodeBlock(value);
      if (place.kind === 'file') {
        named.add(hashOfName(place.block));
      }
    }
    await pace.step();
  }
  for await (const name of blocks.listEarlier()) {
    if (!named.has(hashOfName(name))) {
      yield name;
    }
    await pace.step();
  }
}

const hashOfName = (name: string) => createHash('sha256').update(name).digest();

async function firstFrom(kv: Kv, prefix: Buffer, start: Buffer): Promise<KvRecord | undefined> {
  const [first] = await kv.snapshot(reader => reader.scan({ prefix, start, limit: 1 }));
  return first;
}

function digitsBehind(record: KvRecord, at: number, digits: number): string {
  return record.key.subarray(at, at + digits).toString('utf8');
}

/** What comes behind everything that begins with the first `length` bytes of `key` and a slash. */
function behind(key: Buffer, length: number): Buffer {
  return Buffer.concat([key.subarray(0, length), Buffer.from('0')]);
}
