import type { PageAsked } from '../model/listing.js';

/** Which page of a listing, and the signal that ends the request. */
export type Page = Partial<PageAsked>;

export function branchPath(repository: string, branch: string): string[] {
  return ['repositories', repository, 'branches', branch];
}

export function refPath(repository: string, ref: string): string[] {
  return ['repositories', repository, 'refs', ref];
}
