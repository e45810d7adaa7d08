import type { BranchMoved } from '../../catalog/events.js';
import type { View } from '../../catalog/views.js';
import type { CommitId, RepositoryUid } from '../../ids.js';

/** Commits of which it is remembered: those that branches stand on whose rows people look at. */
const COMMITS_MAX = 1_000;
/** Paths of one commit. */
const PATHS_MAX = 8;
/** After so many moves of branches without a question nobody is taken to look any more. */
const MOVES_MAX = 100;

/** What people look at of a commit's rows. */
export interface LookedAt {
  repository: string;
  /** As they were asked for; the last one was asked for last. */
  paths: string[];
  /** How many more branches may go on from here before anybody has to ask again. */
  movesLeft: number;
}

/**
 * Of which commits, and of which paths in them, people have asked since the service began: who looks at a branch will
 * look again when it has moved. It goes by commits, so that it holds for a branch made from another, too.
 */
export class LookedAtCommits {
  private readonly commits = new Map<string, LookedAt>();

  note({ repository, uid, commitId }: View, path: string): void {
    const others = this.commits.get(keyOf(uid, commitId))?.paths.filter(other => other !== path) ?? [];
    const paths = [...others, path].slice(-PATHS_MAX);
    this.put(keyOf(uid, commitId), { repository, paths, movesLeft: MOVES_MAX });
  }

  /** What people look at of a commit; undefined where nobody does. */
  at(uid: RepositoryUid, commitId: CommitId): LookedAt | undefined {
    const lookedAt = this.commits.get(keyOf(uid, commitId));
    return lookedAt?.movesLeft ? lookedAt : undefined;
  }

  /** Takes a look at the commit that a branch left for one at that to which it went; undefined where nobody looks. */
  follow({ uid, from, to }: BranchMoved): LookedAt | undefined {
    const left = this.at(uid, from);
    if (!left) {
      return undefined;
    }
    const there = this.commits.get(keyOf(uid, to));
    const paths = [...new Set([...left.paths, ...(there?.paths ?? [])])].slice(-PATHS_MAX);
    const movesLeft = Math.max(left.movesLeft - 1, there?.movesLeft ?? 0);
    const lookedAt = { repository: left.repository, paths, movesLeft };
    this.put(keyOf(uid, to), lookedAt);
    return lookedAt;
  }

  forget(uid: RepositoryUid): void {
    [...this.commits.keys()]
      .filter(key => key.startsWith(`${uid}/`))
      .forEach(key => this.commits.delete(key));
  }

  private put(key: string, lookedAt: LookedAt): void {
    this.commits.delete(key);
    this.commits.set(key, lookedAt);
    if (this.commits.size > COMMITS_MAX) {
      this.commits.delete(this.commits.keys().next().value!);
    }
  }
}

const keyOf = (uid: RepositoryUid, commitId: CommitId) => `${uid}/${commitId}`;
