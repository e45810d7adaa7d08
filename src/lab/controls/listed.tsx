import type { ReactNode } from 'react';
import { useLab } from '../context.js';
import type { Listing } from '../model/listing.js';
import { Busy, Failure } from './message.js';

/** Shows a list, or why there is none: being read, failed, empty. */
export function Listed<T>(props: {
  listing: Listing<T>;
  /** What failed when it could not be read, e.g. "Branches could not be read." */
  failed: string;
  /** Shown in place of an empty list. */
  empty: ReactNode;
  children: ReactNode;
}): JSX.Element {
  const { trans } = useLab();
  const { listing } = props;
  const failure = listing.error && (
    <Failure title={props.failed} error={listing.error} onRetry={() => void listing.refresh()} />
  );
  if (!listing.loaded) {
    return failure ?? <Busy progress={listing.progress}>{trans.__('Reading …')}</Busy>;
  }
  return (
    <>
      {failure}
      {listing.items.length === 0 ? props.empty : props.children}
    </>
  );
}
