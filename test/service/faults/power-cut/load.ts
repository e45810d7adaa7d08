import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand
} from '@aws-sdk/client-s3';
import type { Service } from '../../life/service-process';
import type { Random } from '../random';
import type { Witness } from './witness';

const PATHS = 5;
/** Contents that all clients send, so that what one gives up another sends again. */
const SHARED = 4;

/** The bytes that a name stands for; names that end in "large" lie in files. */
export const contentOf = (name: string) => (name.endsWith('large') ? `${name} `.repeat(2_000) : name);

export async function s3Of(service: Service): Promise<S3Client> {
  const { url, access_key_id, secret_access_key } = await service.discovery();
  return new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: access_key_id, secretAccessKey: secret_access_key },
    maxAttempts: 1
  });
}

/** One client at work on a branch of its own, which it merges into main now and then. */
export class LoadClient {
  private readonly branch: string;
  private objects = new Map<string, string>();
  private committed = new Map<string, string>();
  private step = 0;

  constructor(
    private readonly service: Service,
    private readonly s3: S3Client,
    private readonly witness: Witness,
    private readonly number: number,
    private readonly random: Random
  ) {
    this.branch = `client-${number}`;
  }

  async run(steps: number): Promise<void> {
    await this.create(this.branch, 'main');
    const verbs = [
      () => this.put(),
      () => this.put(),
      () => this.put(),
      () => this.multipart(),
      () => this.copy(),
      () => this.remove(),
      () => this.commit(),
      () => this.commit(),
      () => this.merge(),
      () => this.reset(),
      () => this.scratch(),
      () => this.tag()
    ];
    for (; this.step < steps; this.step++) {
      await verbs[this.random(verbs.length)]!();
    }
  }

  private path = () => `${this.branch}/${this.random(PATHS)}`;
  private place = (path: string, branch = this.branch) => `object ${branch} ${path}`;

  private name(): string {
    const size = this.random(2) === 0 ? 'large' : 'small';
    return this.random(3) === 0
      ? `shared-${this.random(SHARED)}-${size}`
      : `${this.number}-${this.step}-${size}`;
  }

  private async put(): Promise<void> {
    const [path, name] = [this.path(), this.name()];
    const url = `/repositories/lake/branches/${this.branch}/objects?path=${path}`;
    await this.witness.during<unknown>([[this.place(path), name]], () =>
      this.random(2) === 0
        ? this.rest('POST', url, contentOf(name))
        : this.s3.send(new PutObjectCommand({ ...this.at(path), Body: contentOf(name) }))
    );
    this.objects.set(path, name);
  }

  private async multipart(): Promise<void> {
    const [path, name] = [this.path(), this.name()];
    const at = this.at(path);
    const { UploadId } = await this.s3.send(new CreateMultipartUploadCommand(at));
    const part = { ...at, UploadId, PartNumber: 1 };
    const { ETag } = await this.s3.send(new UploadPartCommand({ ...part, Body: contentOf(name) }));
    const Parts = [{ PartNumber: 1, ETag }];
    await this.witness.during([[this.place(path), name]], () =>
      this.s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
    );
    this.objects.set(path, name);
  }

  private async copy(): Promise<void> {
    const [[from, name] = [], to] = [[...this.objects][0], this.path()];
    if (from !== undefined && name !== undefined && from !== to) {
      const CopySource = `lake/${this.branch}/${from}`;
      await this.witness.during([[this.place(to), name]], () =>
        this.s3.send(new CopyObjectCommand({ ...this.at(to), CopySource }))
      );
      this.objects.set(to, name);
    }
  }

  private async remove(): Promise<void> {
    const path = this.path();
    await this.witness.during([[this.place(path), null]], () =>
      this.rest('DELETE', `/repositories/lake/branches/${this.branch}/objects?path=${path}`)
    );
    this.objects.delete(path);
  }

  private async commit(): Promise<void> {
    const message = `step ${this.step}`;
    const url = `/repositories/lake/branches/${this.branch}/commits`;
    await this.witness.during([[`message ${this.branch}`, message]], async () => {
      await this.rest('POST', url, { message, allow_empty: true });
    });
    this.committed = new Map(this.objects);
  }

  private async merge(): Promise<void> {
    const changes = this.paths().map(
      path => [this.place(path, 'main'), this.committed.get(path) ?? null] as [string, string | null]
    );
    await this.witness.during(changes, () =>
      this.rest('POST', `/repositories/lake/refs/${this.branch}/merge/main`, {
        strategy: 'source-wins',
        allow_empty: true
      })
    );
  }

  private async reset(): Promise<void> {
    const changes = this.paths().map(
      path => [this.place(path), this.committed.get(path) ?? null] as [string, string | null]
    );
    await this.witness.during(changes, () =>
      this.rest('PUT', `/repositories/lake/branches/${this.branch}`, { type: 'reset' })
    );
    this.objects = new Map(this.committed);
  }

  /** A branch that is made, written to, and deleted. */
  private async scratch(): Promise<void> {
    const branch = `scratch-${this.number}-${this.step}`;
    await this.create(branch, this.branch);
    const url = `/repositories/lake/branches/${branch}/objects?path=x`;
    await this.rest('POST', url, contentOf(`${branch}-large`));
    await this.witness.during([[`branch ${branch}`, null]], () =>
      this.rest('DELETE', `/repositories/lake/branches/${branch}`)
    );
  }

  private async tag(): Promise<void> {
    const id = `tag-${this.number}-${this.step}`;
    await this.witness.during([[`tag ${id}`, 'there']], () =>
      this.rest('POST', '/repositories/lake/tags', { id, ref: this.branch })
    );
  }

  private async create(name: string, source: string): Promise<void> {
    await this.witness.during([[`branch ${name}`, 'there']], () =>
      this.rest('POST', '/repositories/lake/branches', { name, source })
    );
  }

  private paths = () => Array.from({ length: PATHS }, (_, i) => `${this.branch}/${i}`);
  private at = (path: string) => ({ Bucket: 'lake', Key: `${this.branch}/${path}` });

  private async rest(method: string, path: string, body?: string | object): Promise<void> {
    const isText = typeof body === 'string';
    const headers = {
      'content-type': isText ? 'application/octet-stream' : 'application/json'
    };
    const answer = await this.service.api(method, path, {
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body), headers })
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    }
  }
}
