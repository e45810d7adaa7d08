/**
 * Identifiers, each with a type of its own, so that the id of a node cannot be passed where
 * the id of a commit is meant. At run time all of them are plain strings.
 */
declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** 64 lower-case hex digits: SHA-256 of the commit's canonical text. */
export type CommitId = Id<'CommitId'>;
/** 64 lower-case hex digits: SHA-256 of an encoded tree node. */
export type NodeHash = Id<'NodeHash'>;
/** 64 lower-case hex digits: names an object's bytes. */
export type ContentId = Id<'ContentId'>;
/** 32 lower-case hex digits: names one layer of uncommitted changes. Unique in the store, never reused. */
export type StagingToken = Id<'StagingToken'>;
/** 16 lower-case hex digits: a repository's key space in the store; a repository made again under an old name gets another. */
export type RepositoryUid = Id<'RepositoryUid'>;
/** 16 lower-case hex digits: tells a branch from one of the same name that was deleted before it. */
export type Incarnation = Id<'Incarnation'>;
