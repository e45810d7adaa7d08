import { useMemo } from 'react';
import type { DataSetComparison } from '../../protocol/databranch.js';
import { Button } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Busy } from '../controls/message.js';
import { useLab } from '../context.js';
import { showPath } from '../format.js';
import type { BranchModel } from '../model/branch.js';
import { Listing } from '../model/listing.js';
import type { RepositoryModel } from '../model/repository.js';
import { useReading } from '../repository/use-reading.js';
import { RowSteps } from '../rows/row-steps.js';
import { toneOf } from '../rows/verdict.js';

/** Commits looked at a time: each that is new to the service has to be counted. */
const COMMITS_AT_ONCE = 20;

/** Where the rows of a data set came from: their number after each commit of the right side that changed them. */
export function Origin(props: {
  repository: RepositoryModel;
  left: string;
  right: string;
  rightBranch: BranchModel | null | undefined;
  comparison: DataSetComparison;
}): JSX.Element {
  const { trans } = useLab();
  const { repository, right, comparison } = props;
  const { client, name } = repository;
  const path = comparison.right_path ?? comparison.path;
  const log = useReading(
    repository,
    useMemo(
      () =>
        new Listing(
          (page, onProgress) => client.rows.log(name, right, { ...page, path }, onProgress),
          COMMITS_AT_ONCE
        ),
      [client, name, right, path]
    ),
    props.rightBranch
  );
  return (
    <>
      <div className="jp-db-Head">
        <h2>
          {trans.__('Where it came from')} <span className="jp-db-Muted">{showPath(path)}</span>
        </h2>
        {log.loaded && log.busy && (
          <div className="jp-db-Head-note" role="status">
            <Busy progress={log.progress}>{trans.__('Reading …')}</Busy>
          </div>
        )}
      </div>
      <Listed
        listing={log}
        failed={trans.__('The rows along the history could not be read.')}
        empty={<p className="jp-db-Muted">{trans.__('No commit looked at so far changed these rows.')}</p>}
      >
        <RowSteps
          entries={log.items.toReversed()}
          base={{ ref: props.left, rows: comparison.left_rows }}
          tone={toneOf(comparison)}
          trans={trans}
        />
      </Listed>
      {log.hasMore && (
        <Button kind="link" onClick={() => void log.more()}>
          {trans.__('Look at earlier commits')}
        </Button>
      )}
    </>
  );
}
