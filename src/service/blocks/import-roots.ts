import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** A file or folder, with every symbolic link on the way to it followed. */
export interface ResolvedPath {
  path: string;
  stats: Stats;
}

/** The folders below which files may be taken on where they lie: nothing else on the machine may be looked at. */
export class ImportRoots {
  /**
   * @param folders that exist
   * @param except a folder whose files are nobody's to import, although it may lie below one of them
   * @throws as `realpath`, with `path`, where one of them is not there
   */
  static async open(folders: string[], except?: string): Promise<ImportRoots> {
    const real = await Promise.all(folders.map(folder => realpath(folder)));
    const named = folders.map(folder => resolve(folder));
    return new ImportRoots(real, named, except === undefined ? undefined : await realpath(except));
  }

  private constructor(
    /** Their real paths. */
    readonly folders: readonly string[],
    private readonly named: readonly string[],
    private readonly except: string | undefined
  ) {}

  /** Whether a path, as it is written, lies below one of them: what is missing there may be said to be missing. */
  names(path: string): boolean {
    return [...this.folders, ...this.named].some(folder => isWithin(path, folder));
  }

  /** undefined where the path leads out of all of them. @throws as `realpath`, where there is nothing */
  async resolve(path: string): Promise<ResolvedPath | undefined> {
    const real = await realpath(path);
    return this.allows(real) ? { path: real, stats: await stat(real) } : undefined;
  }

  private allows(real: string): boolean {
    return this.folders.some(folder => isWithin(real, folder)) && !this.isExcept(real);
  }

  /** Whether a real path lies in the folder that is to be left alone. */
  isExcept(real: string): boolean {
    return this.except !== undefined && isWithin(real, this.except);
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
