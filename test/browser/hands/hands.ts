/** What somebody does in JupyterLab, one method per task: by mouse or by keyboard. */
export interface Hands {
  createRepository(name: string): Promise<void>;
  /** @param file - on the person's own disk */
  uploadObject(file: string): Promise<void>;
  commit(message: string, metadata: readonly [key: string, value: string]): Promise<void>;
  createBranch(name: string, from: string): Promise<void>;
  /** Looks at an object of a branch, until its facts are in sight. */
  lookAtObject(branch: string, path: string): Promise<void>;
  /** Copies code that reads an object. @returns what was copied */
  copyCode(branch: string, path: string, library: string): Promise<string>;
  openNotebookOn(branch: string, name: string): Promise<void>;
  /** Runs a cell of the notebook until it is done. */
  runCell(index: number): Promise<void>;
  /** Compares the branch with main, until a sentence on the rows is in sight. */
  compare(sentence: string | RegExp): Promise<void>;
  /** Finds out which objects lie uncommitted on the branch. */
  seeUncommitted(branch: string, path: string): Promise<void>;
  /** Takes back all that lies uncommitted. */
  reset(branch: string): Promise<void>;
  merge(branch: string): Promise<void>;
  /** Takes back the newest commit of main by a new one. */
  revert(message: string | RegExp): Promise<void>;
  /** Takes back what was done last to a branch, see the tab Operations. */
  undo(words: string): Promise<void>;
  tag(name: string): Promise<void>;
  deleteBranch(name: string): Promise<void>;

  /** Shows a repository's view and the panel on one of its branches. */
  openBranch(repository: string, branch: string): Promise<void>;
  /** @param folder - on the person's own disk */
  uploadFolder(folder: string): Promise<void>;
  /** @param name - of a file where notebooks lie */
  uploadFromFileBrowser(name: string, folder: string): Promise<void>;
  /** Takes back one uncommitted change in the side panel. */
  discard(path: string): Promise<void>;
  /** @param folder - the object's, at the top of the branch; `path` is its new one */
  rename(folder: string, name: string, path: string): Promise<void>;
  remove(folder: string, name: string): Promise<void>;
  /** Looks at the rows of a data set that differ from main, where a key tells which are one. */
  seeRows(dataSet: string, key: string, texts: readonly string[]): Promise<void>;
  /** Merges the branch into main. @param sides - of each path that both changed, which branch's object to take */
  mergeDeciding(sides: Readonly<Record<string, string>>): Promise<void>;
  cherryPick(from: string, message: string, onto: string): Promise<void>;
  protect(branch: string): Promise<void>;
  /** Runs a cell of the notebook on a throw-away branch, until its card is there. */
  runInSandbox(index: number): Promise<void>;
  keepSandbox(index: number, branch: string): Promise<void>;
  mergeSandbox(index: number, into: string): Promise<void>;
  discardSandbox(index: number): Promise<void>;
}
