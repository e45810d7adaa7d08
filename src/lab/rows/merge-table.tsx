import type { TranslationBundle } from '@jupyterlab/translation';
import { Fragment } from 'react';
import type { MergedDataSet, MergePreview } from '../../protocol/databranch.js';
import { Glyph } from '../controls/glyph.js';
import { asSentence, formatBytes, formatCount, showPath } from '../format.js';
import { dataSetIcon } from '../icons.js';
import { Bars } from './bars.js';
import { GuardFindings, guardTitle } from './guard-findings.js';
import type { Judged } from './verdict.js';
import { basisSentence, isTelling, toneOf, VerdictChip } from './verdict.js';

/** Conflicting paths that are named. */
const CONFLICTS_SHOWN = 20;

/** What a merge would make of its destination, and what the guards there have against it. */
export function MergeTable(props: { preview: MergePreview; trans: TranslationBundle }): JSX.Element {
  const { preview, trans } = props;
  return preview.conflicts.length > 0 ? (
    <Conflicts preview={preview} trans={trans} />
  ) : (
    <>
      {preview.datasets.length > 0 && <DataSets preview={preview} trans={trans} />}
      <p>
        {trans.__(
          'Objects: %1 added, %2 changed, %3 removed.',
          formatCount(preview.objects_added),
          formatCount(preview.objects_changed),
          formatCount(preview.objects_removed)
        )}
      </p>
      <Guards preview={preview} trans={trans} />
    </>
  );
}

function Conflicts({ preview, trans }: { preview: MergePreview; trans: TranslationBundle }): JSX.Element {
  const { conflicts, source, destination } = preview;
  const rest = conflicts.length - CONFLICTS_SHOWN;
  return (
    <div className="jp-db-Banner jp-mod-warn" role="note">
      <strong>
        {trans._n(
          '%2 and %3 both changed %1 path:',
          '%2 and %3 both changed %1 paths:',
          conflicts.length,
          source,
          destination
        )}
      </strong>
      <ul>
        {conflicts.slice(0, CONFLICTS_SHOWN).map(path => (
          <li key={path}>{path}</li>
        ))}
        {rest > 0 && <li>{trans.__('and %1 more', formatCount(rest))}</li>}
      </ul>
    </div>
  );
}

function DataSets({ preview, trans }: { preview: MergePreview; trans: TranslationBundle }): JSX.Element {
  const { datasets, destination } = preview;
  const scale = Math.max(
    ...datasets.flatMap(({ rows_before, rows_after }) => [rows_before ?? 0, rows_after ?? 0])
  );
  return (
    <table className="jp-db-Rows">
      <thead>
        <tr>
          <th scope="col">{trans.__('Data set')}</th>
          <th scope="col" className="jp-db-Rows-count" title={destination}>
            {trans.__('%1 now', destination)}
          </th>
          <th scope="col" className="jp-db-Rows-count">
            {trans.__('merged')}
          </th>
          <td className="jp-db-Rows-bars" />
          <th scope="col" className="jp-db-Rows-count">
            {trans.__('Files')}
          </th>
          <th scope="col" className="jp-db-Rows-count">
            {trans.__('Size')}
          </th>
          <th scope="col">{trans.__('Verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {datasets.map(dataset => (
          <DataSet key={`${dataset.path}:${dataset.format}`} {...{ dataset, scale, trans }} />
        ))}
      </tbody>
    </table>
  );
}

function DataSet(props: { dataset: MergedDataSet; scale: number; trans: TranslationBundle }): JSX.Element {
  const { dataset, scale, trans } = props;
  const { rows_before, rows_after } = dataset;
  const judged: Judged = { ...dataset, times: null, left_rows: rows_before, right_rows: rows_after };
  const tone = toneOf(judged);
  const count = (rows: number | null): string => (rows === null ? '–' : formatCount(rows));
  return (
    <Fragment>
      <tr className={isTelling(judged) ? 'jp-mod-told' : ''}>
        <th scope="row" className="jp-db-Rows-name">
          <Glyph of={dataSetIcon} />
          <span>{showPath(dataset.path)}</span>
        </th>
        <td className="jp-db-Rows-count">{count(rows_before)}</td>
        <td className="jp-db-Rows-count">{count(rows_after)}</td>
        <td className="jp-db-Rows-bars">
          <Bars left={rows_before} right={rows_after} scale={scale} tone={tone} />
        </td>
        <td className="jp-db-Rows-count">{formatCount(dataset.files_after)}</td>
        <td className="jp-db-Rows-count">{formatBytes(dataset.bytes_after)}</td>
        <td className="jp-db-Rows-verdict">
          <VerdictChip comparison={judged} trans={trans} />
        </td>
      </tr>
      {isTelling(judged) && (
        <tr>
          <td colSpan={7} className={`jp-db-Rows-message jp-mod-${tone}`}>
            {asSentence(dataset.message)} <span className="jp-db-Muted">{basisSentence(judged, trans)}</span>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function Guards({ preview, trans }: { preview: MergePreview; trans: TranslationBundle }): JSX.Element {
  const { destination, guard } = preview;
  const hasOwn = guard.origin === 'file';
  return (
    <>
      {guard.findings.length > 0 && (
        <div className={`jp-db-Banner jp-mod-${guard.refuses ? 'error' : 'warn'}`} role="note">
          <strong>{guardTitle(destination, guard, trans)}</strong>
          <GuardFindings findings={guard.findings} trans={trans} />
        </div>
      )}
      {!hasOwn ? (
        <p className="jp-db-Muted">
          {trans.__('%1 has no guards of its own: _databranch/guards.yaml would hold them.', destination)}
        </p>
      ) : (
        guard.findings.length === 0 && (
          <p>{trans.__('The guards of %1 have nothing against it.', destination)}</p>
        )
      )}
    </>
  );
}
