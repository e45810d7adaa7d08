import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo } from 'react';
import type { DataSetComparison, RowLogEntry } from '../../protocol/databranch.js';
import { Button } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { useLab } from '../context.js';
import { formatAgo, formatCount, showPath } from '../format.js';
import type { BranchModel } from '../model/branch.js';
import { Listing } from '../model/listing.js';
import type { RepositoryModel } from '../model/repository.js';
import { useListing } from '../repository/use-listing.js';
import { toneOf } from '../rows/verdict.js';
import { HEIGHT, levelLine, stepLine, WIDTH } from './step-line.js';

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
  const log = useListing(
    repository,
    useMemo(
      () => new Listing(page => client.rows.log(name, right, { ...page, path }), COMMITS_AT_ONCE),
      [client, name, right, path]
    ),
    props.rightBranch
  );
  return (
    <>
      <h2>
        {trans.__('Where it came from')} <span className="jp-db-Muted">{showPath(path)}</span>
      </h2>
      <Listed
        listing={log}
        failed={trans.__('The rows along the history could not be read.')}
        empty={<p className="jp-db-Muted">{trans.__('No commit looked at so far changed these rows.')}</p>}
      >
        <Steps entries={log.items.toReversed()} base={props.left} comparison={comparison} trans={trans} />
      </Listed>
      {log.hasMore && (
        <Button kind="link" onClick={() => void log.more()}>
          {trans.__('Look at earlier commits')}
        </Button>
      )}
    </>
  );
}

/** The line, and the same as a list for those who do not see it. */
function Steps(props: {
  /** Oldest first. */
  entries: readonly RowLogEntry[];
  base: string;
  comparison: DataSetComparison;
  trans: TranslationBundle;
}): JSX.Element {
  const { entries, base, comparison, trans } = props;
  const line = stepLine(
    entries.map(({ rows }) => rows),
    comparison.left_rows
  );
  return (
    <div className="jp-db-Origin">
      <svg className={`jp-mod-${toneOf(comparison)}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
        {line.scale.map(({ rows, y }) => (
          <text key={rows} className="jp-db-Origin-scale" x="0" y={y + 4}>
            {formatCount(rows)}
          </text>
        ))}
        {line.base !== null && (
          <path className="jp-db-Origin-base" d={levelLine(line.base)}>
            <title>{trans.__('%1 rows on %2', formatCount(comparison.left_rows ?? 0), base)}</title>
          </path>
        )}
        <path className="jp-db-Origin-line" d={line.path} />
        {entries.map((entry, index) => {
          const { x, y } = line.points[index]!;
          const isLast = index === entries.length - 1;
          return (
            <g key={entry.commit_id ?? ''} className={entry.commit_id === null ? 'jp-mod-uncommitted' : ''}>
              <title>{tell(entry, trans)}</title>
              <circle className="jp-db-Origin-reach" cx={x} cy={y} r="12" />
              <circle className={isLast ? 'jp-mod-last' : ''} cx={x} cy={y} r={isLast ? 5 : 4} />
              {(line.isRoomy || isLast || index === 0) && (
                <text x={x} y={HEIGHT - 8} textAnchor="middle">
                  {cut(labelOf(entry, trans), line.labelCharacters)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <ol className="jp-db-Hidden" aria-label={trans.__('Rows along the history, oldest first')}>
        {entries.map(entry => (
          <li key={entry.commit_id ?? ''}>{tell(entry, trans)}</li>
        ))}
      </ol>
    </div>
  );
}

function labelOf({ commit_id, commit_message }: RowLogEntry, trans: TranslationBundle): string {
  return commit_id === null ? trans.__('uncommitted') : (commit_message ?? '');
}

/** All that is known of one step in a sentence or two. */
function tell(entry: RowLogEntry, trans: TranslationBundle): string {
  const { date, committer, message } = entry;
  const when = date === null ? '' : trans.__(', %1 by %2', formatAgo(date), committer ?? '?');
  return trans.__('%1%2: %3 rows. %4', labelOf(entry, trans), when, formatCount(entry.rows), message);
}

function cut(text: string, charactersMax: number): string {
  return text.length > charactersMax ? `${text.slice(0, charactersMax - 1).trimEnd()}…` : text;
}
