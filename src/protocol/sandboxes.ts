/**
 * Our additions to the lakeFS API for sandboxes: keys of kernels, and throw-away branches. Names are those on the wire.
 */

/** `POST …/databranch/kernel-keys` answers AccessKeyCreated: a key for one kernel, that ends a week after its last use. */
export interface KernelKeyCreation {
  /** What to call it where keys are listed, e.g. the notebook's path. */
  label: string;
}

/** `PUT …/databranch/kernel-keys/{key}/sandbox`: from now on the key writes to this branch only. */
export interface SandboxEntry {
  repository: string;
  branch: string;
}

/** Its answer: who has the token may lift the restriction with `DELETE`, beside the owner of the service. */
export interface SandboxEntered extends SandboxEntry {
  token: string;
}

/** A write that was refused because a sandbox cell ran. */
export interface RefusedWrite {
  repository: string;
  /** null where the request would have changed something else than a branch. */
  branch: string | null;
  /** '' for the branch as a whole. */
  path: string;
  /** What was asked for, e.g. `PUT quickstart/main/reviews/part-0.parquet`. */
  request: string;
}

/** `GET` and `DELETE …/databranch/kernel-keys/{key}/sandbox` */
export interface SandboxReport extends SandboxEntry {
  /** Seconds since the epoch. */
  since: number;
  /** The first hundred different ones, in the order of their coming. */
  refused: RefusedWrite[];
  refused_more: boolean;
}

/** `POST …/databranch/repositories/{repository}/sandboxes` */
export interface SandboxCreation {
  /** A ref expression. */
  source: string;
}

/** Its answer, and that of `GET …/sandboxes/{branch}`: a hidden branch that removes itself. `DELETE` does so now. */
export interface Sandbox {
  branch: string;
  commit_id: string;
  /** Seconds since the epoch. */
  expires_at: number;
}

/** What `…/sandboxes/{branch}/keep` and `…/merge` share: the commit that they make of the cell's changes. */
interface SandboxTaking {
  message?: string;
  metadata?: Record<string, string>;
}

/** `POST …/sandboxes/{branch}/keep` answers the new branch, as `Ref`. */
export interface SandboxKeeping extends SandboxTaking {
  name: string;
}

/** `POST …/sandboxes/{branch}/merge` answers like a merge of lakeFS: `MergeResult`, or 409 with the conflicts. */
export interface SandboxMerging extends SandboxTaking {
  destination: string;
  strategy?: 'source-wins' | 'dest-wins';
}
