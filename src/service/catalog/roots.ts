import type { CommitId, Incarnation, RepositoryUid, StagingToken } from '../ids.js';
import type { KvReader, KvRecord, Version } from '../kv/kv.js';
import { familyOf, uploadIdIn } from './keys.js';
import type { OperationRecord } from './operations.js';
import { decodeRecord } from './records.js';
import type { TaskRecord, UploadRecord, BranchRecord, DumpedList, TagRecord } from './records.js';
import { scanWhole } from './scan.js';
import { layersOf } from './layers.js';

/** A staging address that was not linked for so long is given up, with what was uploaded to it. */
export const LINK_WITHIN_MS = 24 * 60 * 60 * 1000;

/** From where everything that a repository needs can be reached. */
export interface Roots {
  commits: RootCommit[];
  layers: { token: StagingToken; where: string }[];
  uploads: RootUpload[];
  /** What dumps are made of. */
  contents: (DumpedList & { where: string })[];
  /** Of all branches that there are, or that an undo can bring back: uploads to others can never be completed. */
  incarnations: Set<Incarnation>;
}

export interface RootCommit {
  id: CommitId;
  /** For a person: "branch main". */
  where: string;
  /** The branch that stands on it. */
  branch?: string;
}

export interface RootUpload extends UploadRecord {
  id: string;
  key: Buffer;
  version: Version;
}

/** The records of one point in time from which {@link rootsOf} can be told. */
export interface RootRecords {
  branches: KvRecord[];
  tags: KvRecord[];
  operations: KvRecord[];
  uploads: KvRecord[];
  tasks: KvRecord[];
}

/** Only reads: decoding can wait until the snapshot has ended. */
export async function readRoots(reader: KvReader, uid: RepositoryUid): Promise<RootRecords> {
  return {
    branches: await scanWhole(reader, familyOf('b', uid)),
    tags: await scanWhole(reader, familyOf('t', uid)),
    operations: await scanWhole(reader, familyOf('o', uid)),
    uploads: await scanWhole(reader, familyOf('u', uid)),
    tasks: await scanWhole(reader, familyOf('m', uid))
  };
}

export function rootsOf(uid: RepositoryUid, records: RootRecords): Roots {
  const named = familyOf('b', uid).length;
  const roots: Roots = { commits: [], layers: [], uploads: [], contents: [], incarnations: new Set() };
  const nameOf = (record: KvRecord) => record.key.subarray(named).toString('utf8');
  for (const record of records.branches) {
    const branch = nameOf(record);
    const where = `branch ${branch}`;
    const decoded = decodeRecord<BranchRecord>(record.value);
    roots.commits.push({ id: decoded.commitId, where, branch });
    roots.layers.push(...layersOf(decoded).map(token => ({ token, where })));
    roots.incarnations.add(decoded.incarnation);
  }
  for (const record of records.tags) {
    const { commitId } = decodeRecord<TagRecord>(record.value);
    roots.commits.push({ id: commitId, where: `tag ${nameOf(record)}` });
  }
  for (const record of records.operations) {
    const { before, after, kept } = decodeRecord<OperationRecord>(record.value);
    const where = `operation ${nameOf(record)}`;
    for (const branch of [before, after]) {
      if (branch) {
        roots.commits.push({ id: branch.commitId, where });
        roots.incarnations.add(branch.incarnation);
      }
    }
    roots.layers.push(...kept.map(token => ({ token, where })));
  }
  for (const record of records.tasks) {
    const { dump } = decodeRecord<TaskRecord>(record.value);
    const where = `dump ${nameOf(record)}`;
    for (const list of dump ? [dump.branches, dump.tags, dump.commits] : []) {
      roots.contents.push({ ...list, where });
    }
    roots.commits.push(...(dump?.heads ?? []).map(id => ({ id, where })));
  }
  for (const record of records.uploads) {
    const { key, version, value } = record;
    roots.uploads.push({ ...decodeRecord<UploadRecord>(value), id: uploadIdIn(key), key, version });
  }
  return roots;
}

/** Why an upload can be removed, as the end of a sentence; undefined for one that may go on. */
export function endOf(upload: RootUpload, { incarnations }: Roots, now: number): string | undefined {
  if (!incarnations.has(upload.incarnation)) {
    return `goes to branch ${upload.branch}, which was deleted`;
  }
  return upload.single && upload.createdAt < now - LINK_WITHIN_MS
    ? `was not linked to ${upload.path} on ${upload.branch} in time`
    : undefined;
}
