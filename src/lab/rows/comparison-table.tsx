import type { TranslationBundle } from '@jupyterlab/translation';
import { Fragment } from 'react';
import type { DataSetComparison, RowsComparison } from '../../protocol/databranch.js';
import { Glyph } from '../controls/glyph.js';
import { asSentence, formatCount, showPath } from '../format.js';
import { dataSetIcon } from '../icons.js';
import { Bars } from './bars.js';
import { SchemaChanges } from './schema-changes.js';
import { basisSentence, isTelling, toneOf, VerdictChip } from './verdict.js';

/** Rows per data set, or per part of one, on two refs, side by side: in the Compare view and in a notebook's output. */
export function ComparisonTable(props: {
  datasets: readonly DataSetComparison[];
  left: string;
  right: string;
  trans: TranslationBundle;
  /** What is compared; data sets without it. */
  by?: RowsComparison['by'];
  /** A folder that need not be said again for each. */
  below?: string;
  /** Lets one data set be looked at closely: its key, and what to do when another is chosen ('' for none). */
  chosen?: string;
  onChoose?(key: string): void;
}): JSX.Element {
  const { datasets, left, right, trans, by, below = '', chosen, onChoose } = props;
  const scale = Math.max(
    1,
    ...datasets.flatMap(({ left_rows, right_rows }) => [left_rows ?? 0, right_rows ?? 0])
  );
  return (
    <table className="jp-db-Rows">
      <thead>
        <tr>
          <th scope="col">{headOf(by, trans)}</th>
          <th scope="col" className="jp-db-Rows-count" title={left}>
            {left}
          </th>
          <th scope="col" className="jp-db-Rows-count" title={right}>
            {right}
          </th>
          <td className="jp-db-Rows-bars" />
          <th scope="col">{trans.__('Verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {datasets.map((comparison, at) => (
          <Fragment key={`${keyOf(comparison)}:${at}`}>
            <tr className={classOf(comparison, chosen)}>
              <th scope="row" className="jp-db-Rows-name" title={pathsOf(comparison)}>
                <Glyph of={dataSetIcon} />
                <span>
                  {onChoose ? (
                    <Choice {...{ comparison, chosen, onChoose }} />
                  ) : (
                    nameBelow(pathsOf(comparison), below)
                  )}
                  <small>{formatsOf(comparison)}</small>
                </span>
              </th>
              <td className="jp-db-Rows-count">{rowsOf(comparison.left_path, comparison.left_rows)}</td>
              <td className="jp-db-Rows-count">{rowsOf(comparison.right_path, comparison.right_rows)}</td>
              <td className="jp-db-Rows-bars">
                <Bars
                  left={comparison.left_rows}
                  right={comparison.right_rows}
                  scale={scale}
                  tone={toneOf(comparison)}
                />
              </td>
              <td className="jp-db-Rows-verdict">
                <VerdictChip comparison={comparison} trans={trans} />
              </td>
            </tr>
            {isTelling(comparison) && (
              <tr>
                <td colSpan={5} className={`jp-db-Rows-message jp-mod-${toneOf(comparison)}`}>
                  {asSentence(comparison.message)}{' '}
                  <span className="jp-db-Muted">{basisSentence(comparison, trans)}</span>
                  <SchemaChanges changes={comparison.schema_changes} trans={trans} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function headOf(by: RowsComparison['by'], trans: TranslationBundle): string {
  return by === undefined
    ? trans.__('Data set')
    : by === 'partition'
      ? trans.__('Partition')
      : trans.__('File');
}

/** A path as it is called in a folder; the folder itself, and what is elsewhere, by the whole path. */
export function nameBelow(path: string, folder: string): string {
  return path.startsWith(folder) ? path.slice(folder.length) || path : path;
}

function classOf(comparison: DataSetComparison, chosen: string | undefined): string {
  const told = isTelling(comparison) ? 'jp-mod-told' : '';
  return keyOf(comparison) === chosen ? `${told} jp-mod-chosen` : told;
}

function Choice(props: {
  comparison: DataSetComparison;
  chosen: string | undefined;
  onChoose(key: string): void;
}): JSX.Element {
  const { comparison, chosen, onChoose } = props;
  const key = keyOf(comparison);
  return (
    <button
      type="button"
      className="jp-db-Link jp-db-Rows-choice"
      aria-expanded={key === chosen}
      onClick={() => onChoose(key === chosen ? '' : key)}
    >
      {pathsOf(comparison)}
    </button>
  );
}

/** Names a data set among those that are shown; of a folder's several ones of one format, all. */
export function keyOf({ path, left_format, right_format }: DataSetComparison): string {
  return `${path}:${left_format}:${right_format}`;
}

/** A side without the data set shows nothing; one that could not be counted shows a question mark. */
function rowsOf(path: string | null, rows: number | null): string {
  return path === null ? '–' : rows === null ? '?' : formatCount(rows);
}

/** The path, or both where two data sets with different paths were paired. */
export function pathsOf({ path, left_path, right_path }: DataSetComparison): string {
  return left_path !== null && right_path !== null && left_path !== right_path
    ? `${showPath(left_path)} → ${showPath(right_path)}`
    : showPath(path);
}

/** What data formats are called. */
export const FORMATS = { parquet: 'Parquet', arrow: 'Arrow', csv: 'CSV', json: 'JSON' } as const;

function formatsOf({ left_format, right_format }: DataSetComparison): string {
  const formats = [left_format, right_format].filter(format => format !== null);
  return [...new Set(formats)].map(format => FORMATS[format]).join(' → ');
}
