import { mkdtempSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = join(__dirname, '../../..');

/** What the room starts, as files that Node can run: processes and threads do not go through Jest. */
export class EngineBundle {
  private constructor(
    readonly folder: string,
    /** The engine's process. */
    readonly entry: string,
    readonly previewWorker: URL
  ) {}

  static async build(): Promise<EngineBundle> {
    const folder = mkdtempSync(join(tmpdir(), 'databranch-engine-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    await build({
      entryPoints: ['engine/engine-process.ts', 'preview/preview-worker.ts'].map(entry =>
        join(root, 'src/service/rows', entry)
      ),
      entryNames: '[name]',
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external'
    });
    const previewWorker = pathToFileURL(join(folder, 'preview-worker.mjs'));
    return new EngineBundle(folder, join(folder, 'engine-process.mjs'), previewWorker);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
