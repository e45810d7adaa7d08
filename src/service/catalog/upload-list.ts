import type { ChecksumPlan } from './checksums.js';
import { behindUploads, successor, UPLOAD_ID_DIGITS, uploadIdIn, uploadsTo } from './keys.js';
import { groupOf } from './paging.js';
import { decodeRecord, type UploadRecord } from './records.js';
import type { Store } from './store.js';

/** Uploads and parts that one page has at most. */
export const LISTED_MAX = 1_000;

/** Names an upload: its id alone is not enough, as over S3 each request says which key it is for. */
export interface UploadAddress {
  branch: string;
  path: string;
  uploadId: string;
}

/** An upload under way. */
export interface Upload extends UploadAddress {
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** The checksum that the object is to have. */
  checksum?: ChecksumPlan;
}

/** Uploads, or the common prefix of the paths of some. */
export type ListedUpload = { kind: 'upload'; upload: Upload } | { kind: 'prefix'; path: string };

export interface UploadQuery {
  prefix?: string;
  /** Paths that have it behind the prefix are told by what they begin with. */
  delimiter?: string;
  /** The last result of the page before; without an id, all uploads to its path (or the common prefix) are behind. */
  after?: { path: string; uploadId?: string };
  amount?: number;
}

/** The multipart uploads under way to a branch, by path, then by id. Cost: the page, and what a common prefix hides. */
export async function listUploads(
  store: Store,
  repository: string,
  branch: string,
  query: UploadQuery
): Promise<{ results: ListedUpload[]; hasMore: boolean }> {
  const { prefix = '', after } = query;
  const amount = Math.min(query.amount ?? LISTED_MAX, LISTED_MAX);
  const grouping = { prefix: Buffer.from(prefix), delimiter: Buffer.from(query.delimiter ?? '') };
  return store.kv.snapshot(async reader => {
    const { uid } = await store.repository(reader, repository);
    const { incarnation } = await store.branch(reader, uid, branch);
    const all = uploadsTo(uid, incarnation);
    const behind = (group: Buffer) => successor(Buffer.concat([all, group]));
    const family = uploadsTo(uid, incarnation, prefix);
    const results: ListedUpload[] = [];
    let start: Buffer | undefined = family;
    if (after) {
      const path = Buffer.from(after.path);
      start = groupOf(path, grouping)?.equals(path) ? behind(path) : behindUploads(all, after);
    }
    for (let more = true; more && start && results.length <= amount;) {
      const records = await reader.scan({ prefix: family, start, limit: LISTED_MAX });
      for (const { key, value } of records) {
        const { path, createdAt, checksum, single } = decodeRecord<UploadRecord>(value);
        if (single || !start || key.compare(start) < 0) {
          continue;
        }
        const group = groupOf(key.subarray(all.length, -1 - UPLOAD_ID_DIGITS), grouping);
        if (group) {
          results.push({ kind: 'prefix', path: group.toString('utf8') });
          start = behind(group);
        } else {
          results.push({
            kind: 'upload',
            upload: { branch, path, uploadId: uploadIdIn(key), createdAt, checksum }
          });
        }
      }
      more = records.length === LISTED_MAX;
      const next = more ? Buffer.concat([records.at(-1)!.key, Buffer.of(0)]) : undefined;
      start = start && next && next.compare(start) > 0 ? next : start;
    }
    return { results: results.slice(0, amount), hasMore: results.length > amount };
  });
}
