/** The tabs of a repository view, named as lakeFS names them where it has them. */
export const REPOSITORY_TABS = [
  'objects',
  'changes',
  'commits',
  'branches',
  'tags',
  'compare',
  'operations',
  'settings'
] as const;

export type RepositoryTab = (typeof REPOSITORY_TABS)[number];

/** What a repository view shows; kept across reloads. */
export type ViewPlace = {
  repository: string;
  tab: RepositoryTab;
  /** Branch, tag or commit of Objects and Commits, branch of Uncommitted Changes. */
  ref?: string;
  /** Folder of Objects; '' is the top. */
  path?: string;
  /** Path of the object shown in detail. */
  object?: string;
  /** Commit shown in detail. */
  commit?: string;
  /** The sides of Compare; `left` is the base. */
  left?: string;
  right?: string;
  /** Data set of Compare that is looked at closely, see `keyOf`; '' is none, undefined the one that matters most. */
  dataSet?: string;
};

export function isRepositoryTab(value: unknown): value is RepositoryTab {
  return REPOSITORY_TABS.includes(value as RepositoryTab);
}
