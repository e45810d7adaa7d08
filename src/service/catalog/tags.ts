import { CatalogError } from './errors.js';
import type { History } from './history.js';
import { branchKey, familyOf, tagKey } from './keys.js';
import type { Page, PageQuery, Tag } from './model.js';
import { checkTagName } from './names.js';
import { amountOf, pageOf, rangeOf } from './paging.js';
import { decodeRecord, encodeRecord, type TagRecord } from './records.js';
import type { Refs } from './refs.js';
import { checkWritable } from './repositories.js';
import { expecting, leavingAbsent, type Store } from './store.js';

export class Tags {
  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly history: History
  ) {}

  /** @throws tag-exists (also where a branch has the name), ref-not-found, invalid-input */
  async create(repository: string, tag: { name: string; ref: string; force?: boolean }): Promise<Tag> {
    checkTagName(tag.name);
    return this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, tag.force);
      const { commitId } = await this.refs.open(reader, repository, tag.ref);
      const key = tagKey(record.uid, tag.name);
      const branch = await this.store.findBranch(reader, record.uid, tag.name);
      if (branch || (await reader.get(key))) {
        const what = branch ? 'branch' : 'tag';
        throw new CatalogError('tag-exists', `There is a ${what} "${tag.name}" already.`, { tag: tag.name });
      }
      const commit = await this.history.renew(reader, record.uid, commitId);
      // Nor is a branch of the name made at the same instant, which expects the same of tags.
      const unused = leavingAbsent(branchKey(record.uid, tag.name));
      const value = encodeRecord({ commitId } satisfies TagRecord);
      return {
        write: {
          expect: [expecting(key, undefined), ...unused.expect, ...commit.expect],
          put: [{ key, value }, ...unused.put, ...commit.put],
          delete: unused.delete
        },
        result: { name: tag.name, commitId }
      };
    });
  }

  /** @throws tag-not-found */
  async get(repository: string, name: string): Promise<Tag> {
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const record = await reader.get(tagKey(uid, name));
      if (!record) {
        throw notFound(name);
      }
      return { name, commitId: decodeRecord<TagRecord>(record.value).commitId };
    });
  }

  async list(repository: string, query: PageQuery): Promise<Page<Tag>> {
    const amount = amountOf(query);
    const { prefix, start } = rangeOf(query);
    return this.store.kv.snapshot(async reader => {
      const { uid } = await this.store.repository(reader, repository);
      const family = familyOf('t', uid);
      const records = await reader.scan({
        prefix: Buffer.concat([family, prefix]),
        start: Buffer.concat([family, start ?? Buffer.of(0xff)]),
        limit: amount + 1
      });
      const tags = records.map(({ key, value }) => ({
        name: key.subarray(family.length).toString('utf8'),
        commitId: decodeRecord<TagRecord>(value).commitId
      }));
      return pageOf(tags, amount, tag => tag.name);
    });
  }

  /** @throws tag-not-found */
  async delete(repository: string, name: string, options: { force?: boolean } = {}): Promise<void> {
    await this.store.apply(async reader => {
      const record = await this.store.repository(reader, repository);
      checkWritable(repository, record, options.force);
      const key = tagKey(record.uid, name);
      const tag = await reader.get(key);
      if (!tag) {
        throw notFound(name);
      }
      return { write: { expect: [expecting(key, tag)], delete: [key] }, result: undefined };
    });
  }
}

function notFound(name: string): CatalogError {
  return new CatalogError('tag-not-found', `There is no tag "${name}" in this repository.`, { tag: name });
}
