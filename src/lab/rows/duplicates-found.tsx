import type { TranslationBundle } from '@jupyterlab/translation';
import type { DuplicateDataSet, IdenticalFiles } from '../../protocol/databranch.js';
import { formatCount } from '../format.js';
import { CellText, ColumnHeads, WideTable } from './cells.js';

interface FoundProps {
  found: DuplicateDataSet;
  /** The base; null without one. */
  left: string | null;
  right: string;
  trans: TranslationBundle;
}

/** The rows of a data set that are there more than once: how many, how many of them newly, which, in which files. */
export function DuplicatesFound(props: FoundProps): JSX.Element {
  const { found, trans } = props;
  return (
    <>
      <Counts {...props} />
      {found.examples.length > 0 && <Examples {...props} />}
      {found.identical_files.length > 0 && <SameFiles groups={found.identical_files} trans={trans} />}
    </>
  );
}

function Counts({ found, left, right, trans }: FoundProps): JSX.Element {
  const facts: [label: string, rows: number | null][] = [
    [trans.__('Rows on %1', right), found.rows],
    [trans.__('Duplicates on %1', right), found.duplicate_rows],
    [trans.__('Duplicates on %1', left ?? ''), found.base_duplicate_rows],
    [trans.__('New against %1', left ?? ''), found.added_duplicate_rows],
    [trans.__('Different rows that repeat'), found.repeated_rows]
  ];
  return (
    <dl className="jp-db-Facts jp-db-Counts">
      {facts.map(
        ([label, rows]) =>
          rows !== null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{formatCount(rows)}</dd>
            </div>
          )
      )}
    </dl>
  );
}

/** A few of the rows, and how often each is there. */
function Examples({ found, left, right, trans }: FoundProps): JSX.Element {
  const base = found.examples.some(({ base_rows }) => base_rows !== null) ? left : null;
  const count = (name: string): JSX.Element => (
    <th scope="col" className="jp-db-Cells-number" title={trans.__('How often it is on %1', name)}>
      {name}
    </th>
  );
  return (
    <WideTable label={trans.__('Examples of duplicate rows, and how often they are there')}>
      <thead>
        <tr>
          {base !== null && count(base)}
          {count(right)}
          <ColumnHeads columns={found.columns} />
        </tr>
      </thead>
      <tbody>
        {found.examples.map(({ rows, base_rows, cells }, index) => (
          <tr key={index}>
            {base !== null && (
              <td className="jp-db-Cells-number">
                {base_rows === null ? '?' : `×${formatCount(base_rows)}`}
              </td>
            )}
            <td className="jp-db-Cells-number">×{formatCount(rows)}</td>
            {cells.map((cell, at) => (
              <td key={at}>
                <CellText text={cell} trans={trans} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

function SameFiles(props: { groups: readonly IdenticalFiles[]; trans: TranslationBundle }): JSX.Element {
  const { groups, trans } = props;
  return (
    <>
      <h4>{trans.__('Files with the same contents')}</h4>
      <ul className="jp-db-SameFiles" aria-label={trans.__('Files with the same contents')}>
        {groups.map(({ paths, files, rows }) => (
          <li key={paths[0]}>
            {paths.join(' = ')}
            {files > paths.length && ` ${trans.__('and %1 more', formatCount(files - paths.length))}`}
            {rows !== null && (
              <span className="jp-db-Muted"> {trans.__('rows in each: %1', formatCount(rows))}</span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
