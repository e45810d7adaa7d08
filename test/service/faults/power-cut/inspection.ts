import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Acknowledged } from './witness';

const ROOT = join(__dirname, '../../../..');

/** Looks at images of a data folder in a process apart, which is started again when an image ends it. */
export class Inspection {
  private readonly script: string;
  private child: ChildProcess | undefined;

  constructor(
    folder: string,
    private readonly acknowledged: Acknowledged
  ) {
    this.script = join(folder, 'inspector.cjs');
    execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [
      join(__dirname, 'inspector.ts'),
      '--bundle',
      '--platform=node',
      '--format=cjs',
      '--packages=external',
      '--log-level=error',
      `--outfile=${this.script}`
    ]);
  }

  /** What is wrong with the data folder that a power cut at `end` of the recording left. */
  async problemsOf(data: string, end: number): Promise<string[]> {
    const child = (this.child ??= this.start());
    child.send({ data, end });
    const [answer] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [])]);
    if (answer) {
      return answer as string[];
    }
    this.child = undefined;
    return [`The process that opens it dies (${child.signalCode ?? child.exitCode}).`];
  }

  async close(): Promise<void> {
    if (this.child) {
      this.child.disconnect();
      await once(this.child, 'exit');
    }
  }

  private start(): ChildProcess {
    const child = fork(this.script, [], {
      serialization: 'advanced',
      env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') }
    });
    child.send({ acknowledged: this.acknowledged });
    return child;
  }
}
