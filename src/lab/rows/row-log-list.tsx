import type { TranslationBundle } from '@jupyterlab/translation';
import type { RowLogResult } from '../../protocol/databranch.js';
import { showPath } from '../format.js';
import { RowSteps } from './row-steps.js';

/** How the number of rows at a path came about: the line, and what each commit did. */
export function RowLogList({
  result,
  trans
}: {
  result: RowLogResult;
  trans: TranslationBundle;
}): JSX.Element {
  const { results, path, ref, pagination } = result;
  return (
    <>
      {results.length === 0 ? (
        <p>{trans.__('No commit changed a file in %1 of %2.', showPath(path), ref)}</p>
      ) : (
        <RowSteps entries={results.toReversed()} tone="info" trans={trans} listed />
      )}
      {pagination.has_more && (
        <p className="jp-db-Muted">{trans.__('There are older commits: -n shows as many as you like.')}</p>
      )}
    </>
  );
}
