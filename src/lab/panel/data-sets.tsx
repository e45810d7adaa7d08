import type { ReactNode } from 'react';
import { useEffect } from 'react';
import type { DataFormat, DataSetComparison } from '../../protocol/databranch.js';
import { PLACE_CLASS } from '../commands/context.js';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { Glyph } from '../controls/glyph.js';
import { Busy, Empty, Failure } from '../controls/message.js';
import { Section } from '../controls/section.js';
import { useLab, useModel } from '../context.js';
import { formatCount, showPath } from '../format.js';
import { compareIcon, dataSetIcon } from '../icons.js';
import type { BranchModel } from '../model/branch.js';
import { Bars } from '../rows/bars.js';
import { FORMATS, keyOf } from '../rows/comparison-table.js';
import { Unreadable } from '../rows/count-table.js';
import type { Uncommitted } from '../rows/uncommitted.js';
import { uncommittedSentence } from '../rows/uncommitted.js';
import { toneOf, VerdictChip } from '../rows/verdict.js';

/** Data sets that stay in sight however little room there is, and the pixels that one takes at least. */
const ROWS_MIN = 3;
const ROW_HEIGHT = 28;

/** The branch's data sets with their rows, and what became of them since the base. */
export function DataSetsSection({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const rows = useModel(branch.rows);
  const comparison = rows.value?.kind === 'comparison' ? rows.value.result : undefined;
  return (
    <Section
      id="data-sets"
      title={trans.__('Data sets')}
      aside={comparison && trans.__('compared with %1', comparison.left)}
      actions={
        <IconButton
          icon={compareIcon}
          label={trans.__('Compare')}
          onClick={() => void commands.execute(CommandIDs.compare)}
        />
      }
    >
      <DataSets branch={branch} />
    </Section>
  );
}

function DataSets({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const { value, error, busy, progress } = useModel(branch.rows);
  useEffect(() => branch.rows.want(), [branch]);
  const failure = error && (
    <Failure
      title={trans.__('Rows could not be counted.')}
      error={error}
      onRetry={() => void branch.rows.refresh()}
    />
  );
  if (!value) {
    return failure ?? <Busy progress={progress}>{trans.__('Counting rows …')}</Busy>;
  }
  if (value.result.datasets.length === 0) {
    return (
      failure ?? (
        <Empty
          title={trans.__('No data on this branch yet')}
          actions={
            <Button onClick={() => void commands.execute(CommandIDs.upload)}>
              {trans.__('Upload files')}
            </Button>
          }
        >
          {trans.__(
            'Upload Parquet, CSV or JSON files, drop them here, or write to this path from a notebook:'
          )}
          <code>{`s3a://${branch.repository.name}/${branch.name}/`}</code>
        </Empty>
      )
    );
  }
  return (
    <div
      className="jp-db-DataSets"
      aria-busy={busy}
      style={{ minHeight: Math.min(value.result.datasets.length, ROWS_MIN) * ROW_HEIGHT }}
    >
      {failure}
      <ul className="jp-db-DataSets-list" aria-label={trans.__('Data sets')}>
        {value.kind === 'count'
          ? value.result.datasets.map((one, at, all) => (
              <DataSetLine
                key={`${one.path}:${at}`}
                {...one}
                shared={isShared(one.path, all)}
                branch={branch}
              />
            ))
          : value.result.datasets.map((one, at, all) => (
              <ComparedDataSet
                key={`${keyOf(one)}:${at}`}
                comparison={one}
                shared={isShared(one.path, all)}
                branch={branch}
              />
            ))}
      </ul>
      {value.uncommitted?.map(one => (
        <UncommittedNote key={one.branch} repository={branch.repository.name} found={one} />
      ))}
      {value.kind === 'count' && <Unreadable files={value.result.unreadable} trans={trans} />}
      {value.result.pagination.has_more && (
        <Button kind="link" onClick={() => void commands.execute(CommandIDs.compare)}>
          {trans.__('Show all data sets')}
        </Button>
      )}
    </div>
  );
}

/** Whether a folder holds several data sets: then their formats tell them apart. */
function isShared(path: string, all: readonly { path: string }[]): boolean {
  return all.filter(other => other.path === path).length > 1;
}

/** Points out what is counted though it may be somebody else's work that is not done. */
function UncommittedNote(props: { repository: string; found: Uncommitted }): JSX.Element {
  const { commands, trans } = useLab();
  const { repository, found } = props;
  const open = (): void =>
    void commands.execute(CommandIDs.openRepository, { repository, tab: 'changes', ref: found.branch });
  return (
    <p className="jp-db-DataSets-note" role="note">
      {uncommittedSentence(found, trans)}{' '}
      <Button kind="link" onClick={open}>
        {trans.__('Show')}
      </Button>
    </p>
  );
}

function ComparedDataSet(props: {
  comparison: DataSetComparison;
  shared: boolean;
  branch: BranchModel;
}): JSX.Element {
  const { trans } = useLab();
  const { comparison, branch } = props;
  const tone = toneOf(comparison);
  // Of what is equal, new or gone the chip says all.
  const hasBothSides = ['repeated', 'deduplicated', 'changed'].includes(comparison.verdict);
  const scale = Math.max(comparison.left_rows ?? 0, comparison.right_rows ?? 0);
  return (
    <DataSetLine
      path={comparison.path}
      format={comparison.right_format ?? comparison.left_format}
      shared={props.shared}
      rows={comparison.right_path === null ? 0 : comparison.right_rows}
      branch={branch}
      chip={<VerdictChip comparison={comparison} trans={trans} short />}
    >
      {hasBothSides && (
        <Bars left={comparison.left_rows} right={comparison.right_rows} scale={scale} tone={tone} />
      )}
      {(hasBothSides || comparison.verdict === 'unknown') && (
        <p className={`jp-db-DataSet-message jp-mod-${tone}`}>{comparison.message}</p>
      )}
    </DataSetLine>
  );
}

function DataSetLine(props: {
  path: string;
  format: DataFormat | null;
  /** Whether other data sets lie at the same path. */
  shared: boolean;
  rows: number | null;
  branch: BranchModel;
  chip?: ReactNode;
  children?: ReactNode;
}): JSX.Element {
  const { commands, trans } = useLab();
  const { path, format, rows, branch } = props;
  const about = { repository: branch.repository.name, ref: branch.name, path };
  const number = rows === null ? '?' : formatCount(rows);
  return (
    <li
      className={`${PLACE_CLASS} jp-db-DataSet`}
      data-repository={about.repository}
      data-branch={branch.name}
      data-path={path}
      data-format={format ?? undefined}
    >
      <div className="jp-db-DataSet-line">
        <Glyph of={dataSetIcon} />
        <button
          type="button"
          className="jp-db-Link jp-db-DataSet-name"
          title={trans.__('Show the objects of %1', showPath(path))}
          onClick={() => void commands.execute(CommandIDs.openRepository, { ...about, tab: 'objects' })}
        >
          {showPath(path)}
        </button>
        {props.shared && format && <small className="jp-db-Muted">{FORMATS[format]}</small>}
        {props.chip}
        <span className="jp-db-DataSet-rows" title={trans.__('%1 rows', number)}>
          {number}
        </span>
      </div>
      {props.children}
    </li>
  );
}
