/** What a collection removed, or would remove. */
export interface Figures {
  commits: number;
  /** Tree nodes, and long entries that lie outside of them. */
  nodes: number;
  /** Block records: contents. */
  blocks: number;
  /** Files that held contents. */
  files: number;
  /** On disk: of files, and of records without the store's own overhead. */
  bytes: number;
}

export interface RepositoryFigures extends Figures {
  repository: string;
  /** Of the blocks, those that commits name still, but that retention rules let go. */
  expired: number;
  /** Why nothing was removed here: something that is needed is missing. */
  refused?: string;
}

/** What crashes and failures left behind. */
export interface LeftoverFigures {
  /** Layers of staged changes that nothing names. */
  layers: number;
  /** Uploads to branches that are gone, and parts of uploads that are over. */
  uploads: number;
  /** Repositories whose making broke off. */
  repositories: number;
  /** Files that no block record names. */
  files: number;
  bytes: number;
}

export interface CollectionReport {
  dryRun: boolean;
  repositories: RepositoryFigures[];
  leftovers: LeftoverFigures;
}

export const noFigures = (repository: string): RepositoryFigures => ({
  repository,
  commits: 0,
  nodes: 0,
  blocks: 0,
  files: 0,
  bytes: 0,
  expired: 0
});
