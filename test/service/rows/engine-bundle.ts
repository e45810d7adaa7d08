import { mkdtempSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from 'esbuild';

const root = join(__dirname, '../../..');

/** The engine's entry as a file that Node can start: a forked process does not go through Jest. */
export class EngineBundle {
  private constructor(
    readonly folder: string,
    readonly entry: string
  ) {}

  static async build(): Promise<EngineBundle> {
    const folder = mkdtempSync(join(tmpdir(), 'databranch-engine-'));
    const entry = join(folder, 'engine-process.mjs');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    await build({
      entryPoints: [join(root, 'src/service/rows/engine-process.ts')],
      outfile: entry,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external'
    });
    return new EngineBundle(folder, entry);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
