/** The commands of this extension, by what they do. */
export const CommandIDs = {
  refresh: 'databranch:refresh',
  showPanel: 'databranch:show-panel',
  openRepository: 'databranch:open-repository',
  compare: 'databranch:compare',
  createRepository: 'databranch:create-repository',
  select: 'databranch:select',
  createBranch: 'databranch:create-branch',
  deleteBranch: 'databranch:delete-branch',
  createTag: 'databranch:create-tag',
  deleteTag: 'databranch:delete-tag',
  upload: 'databranch:upload',
  download: 'databranch:download',
  deleteObjects: 'databranch:delete-objects',
  copyPath: 'databranch:copy-path',
  copyCommit: 'databranch:copy-commit',
  commit: 'databranch:commit',
  discard: 'databranch:discard',
  merge: 'databranch:merge',
  undo: 'databranch:undo',
  countRows: 'databranch:count-rows',
  selectForNotebook: 'databranch:select-for-notebook'
} as const;
