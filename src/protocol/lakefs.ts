/**
 * The part of the lakeFS API that the service offers: bodies as they are on the wire, written by hand from
 * the API description (https://docs.lakefs.io, Apache 2.0). Type and field names are those of the description.
 * Times are Unix seconds, sizes are bytes.
 */

export type * from './lakefs-service.js';

export interface Error {
  message: string;
}

export interface Pagination {
  has_more: boolean;
  /** What to pass as `after` for the next page; '' on the last one. */
  next_offset: string;
  results: number;
  max_per_page: number;
}

export interface Paginated<T> {
  pagination: Pagination;
  results: T[];
}

export interface Repository {
  id: string;
  creation_date: number;
  default_branch: string;
  storage_namespace: string;
  read_only?: boolean;
}
export type RepositoryList = Paginated<Repository>;
export type RepositoryMetadata = Record<string, string>;

export interface RepositoryMetadataSet {
  metadata: RepositoryMetadata;
}

export interface RepositoryMetadataKeys {
  keys: string[];
}

export interface RepositoryCreation {
  name: string;
  storage_namespace: string;
  default_branch?: string;
  sample_data?: boolean;
  read_only?: boolean;
}

/** A branch or a tag. */
export interface Ref {
  id: string;
  commit_id: string;
}
export type RefList = Paginated<Ref>;

export interface BranchCreation {
  name: string;
  source: string;
  force?: boolean;
  hidden?: boolean;
}

export interface ResetCreation {
  type: 'object' | 'common_prefix' | 'reset';
  path?: string;
  force?: boolean;
}

export interface CommitOverrides {
  message?: string;
  metadata?: Record<string, string>;
}

export interface CherryPickCreation {
  ref: string;
  /** Of a merge commit, from 1; 0 is taken as "not given". */
  parent_number?: number;
  commit_overrides?: CommitOverrides;
  force?: boolean;
}

export interface RevertCreation extends CherryPickCreation {
  parent_number: number;
  allow_empty?: boolean;
}

/** `*` stands for any characters of a branch's name, `?` for one. */
export interface BranchProtectionRule {
  pattern: string;
}

export interface TagCreation {
  id: string;
  ref: string;
  force?: boolean;
}

export interface Commit {
  id: string;
  parents: string[];
  committer: string;
  message: string;
  creation_date: number;
  meta_range_id: string;
  metadata?: Record<string, string>;
  generation?: number;
  version?: number;
}
export type CommitList = Paginated<Commit>;

export interface CommitCreation {
  message: string;
  metadata?: Record<string, string>;
  date?: number;
  allow_empty?: boolean;
  force?: boolean;
}

export interface Merge {
  message?: string;
  metadata?: Record<string, string>;
  strategy?: string;
  force?: boolean;
  allow_empty?: boolean;
  squash_merge?: boolean;
}

export interface MergeResult {
  reference: string;
}

/** 409 of a merge: an `Error`, the (empty) `MergeResult` of older descriptions, and which paths conflict. */
export interface MergeConflict extends Error, MergeResult {
  /** The first 1,000, in byte order. */
  conflicts: string[];
}

export interface FindMergeBaseResult {
  source_commit_id: string;
  destination_commit_id: string;
  base_commit_id: string;
}

export type PathType = 'common_prefix' | 'object';
export type ObjectUserMetadata = Record<string, string>;

export interface DiffObjectStat {
  checksum: string;
  mtime: number;
  content_type: string;
  metadata?: ObjectUserMetadata;
}

export interface Diff {
  type: 'added' | 'removed' | 'changed' | 'conflict' | 'prefix_changed';
  path: string;
  path_type: PathType;
  size_bytes?: number;
  /** Only when asked for with `include_right_stats`. */
  right?: DiffObjectStat;
}
export type DiffList = Paginated<Diff>;

export interface ObjectStats {
  path: string;
  path_type: PathType;
  physical_address: string;
  physical_address_expiry?: number;
  checksum: string;
  size_bytes?: number;
  mtime: number;
  metadata?: ObjectUserMetadata;
  content_type?: string;
}
export type ObjectStatsList = Paginated<ObjectStats>;

export interface RefsDump {
  branches_meta_range_id: string;
  tags_meta_range_id: string;
  commits_meta_range_id: string;
}

export interface RefsRestore extends RefsDump {
  force?: boolean;
}

export interface TaskInfo {
  id: string;
}

export interface RepositoryRestoreStatus {
  id: string;
  done: boolean;
  /** RFC 3339. */
  update_time: string;
  error?: string;
}

export interface RepositoryDumpStatus extends RepositoryRestoreStatus {
  refs?: RefsDump;
}

export interface CommitRecordCreation {
  commit_id: string;
  version: number;
  committer: string;
  message: string;
  metarange_id: string;
  creation_date: number;
  parents: string[];
  metadata?: Record<string, string>;
  generation: number;
  force?: boolean;
}

export interface StagingLocation {
  physical_address?: string;
  presigned_url?: string | null;
  presigned_url_expiry?: number;
}

export interface StagingMetadata {
  staging: StagingLocation;
  checksum: string;
  size_bytes: number;
  mtime?: number;
  content_type?: string;
  user_metadata?: ObjectUserMetadata;
  force?: boolean;
}

export interface PresignMultipartUpload {
  upload_id: string;
  physical_address: string;
  presigned_urls?: string[];
}

export interface CompletePresignMultipartUpload {
  physical_address: string;
  parts: { part_number: number; etag: string }[];
  user_metadata?: ObjectUserMetadata;
  content_type?: string;
}

export interface AbortPresignMultipartUpload {
  physical_address: string;
}

export interface UploadPartFrom {
  physical_address: string;
}

export interface UploadPartCopyFrom extends UploadPartFrom {
  copy_source: { repository: string; ref: string; path: string; range?: string };
}

export interface UploadTo {
  presigned_url: string;
}

export interface UnderlyingObjectProperties {
  storage_class: string | null;
}

export interface UpdateObjectUserMetadata {
  set: ObjectUserMetadata;
}

export interface ObjectCopyCreation {
  src_path: string;
  src_ref?: string;
  force?: boolean;
  shallow?: boolean;
}

export interface PathList {
  paths: string[];
}

export interface ObjectError {
  status_code: number;
  message: string;
  path?: string;
}

export interface ObjectErrorList {
  errors: ObjectError[];
}

export interface ImportLocation {
  type: 'common_prefix' | 'object';
  path: string;
  destination: string;
}

export interface ImportCreation {
  paths: ImportLocation[];
  commit: CommitCreation;
  force?: boolean;
}

export interface ImportCreationResponse {
  id: string;
}

export interface ImportStatus {
  completed: boolean;
  /** RFC 3339. */
  update_time: string;
  ingested_objects?: number;
  metarange_id?: string;
  commit?: Commit;
  error?: { message: string };
}

export interface ObjectStageCreation {
  physical_address: string;
  checksum: string;
  size_bytes: number;
  /** Seconds since the epoch. */
  mtime?: number;
  metadata?: ObjectUserMetadata;
  content_type?: string;
  force?: boolean;
}
