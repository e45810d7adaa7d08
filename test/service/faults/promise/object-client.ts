import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client
} from '@aws-sdk/client-s3';
import type { Random } from '../random';
import type { Deed, Objects, Operation } from './branch-model';
import { checked, etagOf, etagOfParts, listed, missing, oneOf, refused, unquoted, type Rest } from './wire';

/** `main` stays, `side` may go when its making is undone, `scratch` comes and goes. */
export const BRANCHES = ['main', 'side', 'scratch'];
const PATHS = ['a/1', 'a/2', 'b/1', 'b/2'];
/** Contents that several writes share: writing one again may change nothing. */
const SHARED = 3;
/** Over 16 KiB, so that they lie in files. */
const LARGE_BYTES = 20_000;
const TYPE = 'application/octet-stream';

/** What the clients of a run share. */
export interface Run {
  rest: Rest;
  s3: S3Client;
  /** Counts the moments of the run. */
  moment: () => number;
  /** Commits that came about, whose ids clients use as refs. */
  commits: string[];
  /** What happened, by branch. */
  histories: Map<string, Operation[]>;
}

/** What a client does with objects, over both protocols; it takes down what it saw. */
export class ObjectClient {
  /** ETags that it has seen, to make conditions of. */
  private seen: string[] = [];
  protected written = 0;

  constructor(
    protected readonly run: Run,
    protected readonly number: number,
    protected readonly random: Random
  ) {}

  protected pick = <T>(list: readonly T[]): T => list[this.random(list.length)]!;
  protected path = () => this.pick(PATHS);

  /** Does `request` and takes down, with the moments around it, what `deeds` makes of its answer. */
  protected async during<T>(
    branch: string,
    what: string,
    request: () => Promise<T>,
    deeds: (answer: T) => Deed[]
  ): Promise<T> {
    const begin = this.run.moment();
    const answer = await request();
    const end = this.run.moment();
    const history = this.run.histories.get(branch)!;
    for (const deed of deeds(answer)) {
      history.push({ ...deed, begin, end, client: this.number, what } as Operation);
    }
    return answer;
  }

  private content(): string {
    const text =
      this.random(4) === 0 ? `shared ${this.random(SHARED)} ` : `${this.number} ${this.written++} `;
    return this.random(3) === 0 ? text.repeat(LARGE_BYTES / text.length + 1) : text;
  }

  protected async put(branch: string): Promise<void> {
    const [path, content] = [this.path(), this.content()];
    const etag = etagOf(content);
    const ifNoneMatch = this.random(4) === 0;
    const ifMatch =
      !ifNoneMatch && this.random(4) === 0 && this.seen.length > 0
        ? this.pick(this.seen.slice(-4))
        : undefined;
    const condition = { ...(ifNoneMatch && { ifNoneMatch }), ...(ifMatch && { ifMatch }) };
    const overS3 = ifMatch === undefined && this.random(2) === 0;
    const deed = (outcome: 'done' | 'failed' | 'no-branch'): Deed[] => [
      { verb: 'put', path, etag, ...condition, outcome }
    ];
    if (overS3) {
      const command = { Bucket: 'lake', Key: `${branch}/${path}`, Body: content, ContentType: TYPE };
      const request = () =>
        refused(
          this.run.s3.send(new PutObjectCommand({ ...command, ...(ifNoneMatch && { IfNoneMatch: '*' }) }))
        );
      await this.during(branch, 'S3 PutObject', request, code =>
        deed(oneOf(code, { done: 'done', PreconditionFailed: 'failed', NoSuchKey: 'no-branch' }))
      );
    } else {
      const headers = {
        'content-type': TYPE,
        ...(ifNoneMatch && { 'if-none-match': '*' }),
        ...(ifMatch && { 'if-match': `"${ifMatch}"` })
      };
      const url = `/repositories/lake/branches/${branch}/objects?path=${path}`;
      await this.during(
        branch,
        'POST objects',
        () => this.run.rest('POST', url, content, headers),
        ({ status }) => deed(oneOf(status, { 201: 'done', 412: 'failed', 404: 'no-branch' }))
      );
    }
    this.seen.push(etag);
  }

  /** An upload in one part, which takes effect when it is completed. It dies with the branch that it was begun on. */
  protected async multipart(branch: string): Promise<void> {
    const [path, content] = [this.path(), this.content()];
    const at = { Bucket: 'lake', Key: `${branch}/${path}` };
    const begun = await missing(
      this.run.s3.send(new CreateMultipartUploadCommand({ ...at, ContentType: TYPE }))
    );
    const part = { ...at, UploadId: begun?.UploadId, PartNumber: 1 };
    const sent =
      begun && (await missing(this.run.s3.send(new UploadPartCommand({ ...part, Body: content }))));
    if (sent) {
      const Parts = [{ PartNumber: 1, ETag: sent.ETag }];
      const command = { ...at, UploadId: begun.UploadId, MultipartUpload: { Parts } };
      const request = () => refused(this.run.s3.send(new CompleteMultipartUploadCommand(command)));
      await this.during(branch, 'S3 CompleteMultipartUpload', request, code =>
        oneOf(code, {
          done: [{ verb: 'put', path, etag: etagOfParts(content), outcome: 'done' }],
          NoSuchUpload: [],
          NoSuchKey: []
        })
      );
    }
  }

  protected async remove(branch: string): Promise<void> {
    const path = this.path();
    if (this.random(2) === 0) {
      const command = new DeleteObjectCommand({ Bucket: 'lake', Key: `${branch}/${path}` });
      await this.during(
        branch,
        'S3 DeleteObject',
        () => refused(this.run.s3.send(command)),
        code => [
          { verb: 'delete', path, outcome: oneOf(code, { done: 'done', NoSuchKey: 'no-branch' } as const) }
        ]
      );
    } else {
      const url = `/repositories/lake/branches/${branch}/objects?path=${path}`;
      await this.during(
        branch,
        'DELETE objects',
        () => this.run.rest('DELETE', url),
        ({ status }) => [
          { verb: 'delete', path, outcome: oneOf(status, { 204: 'done', 404: 'no-branch' } as const) }
        ]
      );
    }
  }

  protected async read(branch: string): Promise<void> {
    const path = this.path();
    const at = { Bucket: 'lake', Key: `${branch}/${path}` };
    const request = async (): Promise<string | null> => {
      switch (this.random(3)) {
        case 0: {
          const found = await missing(this.run.s3.send(new GetObjectCommand(at)));
          return found && checked(found.ETag!, await found.Body!.transformToString());
        }
        case 1: {
          const found = await missing(this.run.s3.send(new HeadObjectCommand(at)));
          return found && unquoted(found.ETag!);
        }
        default: {
          const url = `/repositories/lake/refs/${branch}/objects?path=${path}`;
          const { status, text, etag } = await this.run.rest('GET', url);
          return status === 404 ? null : oneOf(status, { 200: checked(etag, text) });
        }
      }
    };
    const etag = await this.during(branch, 'a read', request, etag => [{ verb: 'read', path, etag }]);
    if (etag) {
      this.seen.push(etag);
    }
  }

  protected async list(branch: string): Promise<void> {
    const prefix = this.pick(['', '', 'a/', 'b/']);
    const request = async (): Promise<Objects | undefined> => {
      if (this.random(2) === 0) {
        const Prefix = `${branch}/${prefix}`;
        const page = await missing(this.run.s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix })));
        const found = page?.Contents ?? [];
        return page
          ? new Map(found.map(({ Key, ETag }) => [Key!.slice(branch.length + 1), unquoted(ETag!)]))
          : undefined;
      }
      return listed(this.run.rest, branch, prefix);
    };
    // A listing over S3 below a branch that is not there is an empty one.
    await this.during(branch, 'a listing', request, objects =>
      branch !== 'main' && !objects?.size ? [] : [{ verb: 'list', prefix, objects }]
    );
  }
}
