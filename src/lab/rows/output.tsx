import '../../../style/views.js';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { DuplicatesResult, RowDiffResult } from '../../protocol/databranch.js';
import { asSentence, formatCount, showPath } from '../format.js';
import { ColumnsCaption, ColumnsTable, hasMoreNulls } from './columns-table.js';
import { ComparisonTable } from './comparison-table.js';
import { CountTable, Unreadable } from './count-table.js';
import { DuplicatesFound } from './duplicates-found.js';
import { MergeTable } from './merge-table.js';
import type { RowsPayload } from './payload.js';
import { RowDiffTable } from './row-diff-table.js';
import { RowLogList } from './row-log-list.js';
import { SchemaChanges } from './schema-changes.js';
import { uncommittedSentence } from './uncommitted.js';

/** What a magic tells of rows, as the Compare view tells it. */
export function RowsOutput({
  payload,
  trans
}: {
  payload: RowsPayload;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <>
      <Drawn payload={payload} trans={trans} />
      {payload.uncommitted?.map(one => (
        <Told key={one.branch} sentence={uncommittedSentence(one, trans)} />
      ))}
      <LeftOut numbers={payload.left_out ?? {}} trans={trans} />
    </>
  );
}

function Drawn({ payload, trans }: { payload: RowsPayload; trans: TranslationBundle }): JSX.Element {
  switch (payload.kind) {
    case 'comparison': {
      const { datasets, left, right, by } = payload.result;
      return <ComparisonTable {...{ datasets, left, right, by, trans }} />;
    }
    case 'count':
      return <CountTable result={payload.result} trans={trans} />;
    case 'duplicates':
      return <Duplicates result={payload.result} trans={trans} />;
    case 'rowdiff':
      return <RowDiff result={payload.result} trans={trans} />;
    case 'columns':
      return (
        <>
          <Told sentence={asSentence(payload.result.message)} warns={hasMoreNulls(payload.result)} />
          <ColumnsCaption result={payload.result} trans={trans} />
          <ColumnsTable result={payload.result} trans={trans} />
        </>
      );
    case 'rowlog':
      return <RowLogList result={payload.result} trans={trans} />;
    case 'merge':
      return <MergeTable preview={payload.result} trans={trans} />;
  }
}

/** The sentence that says it all. */
function Told({ sentence, warns = false }: { sentence: string; warns?: boolean }): JSX.Element {
  return <p className={warns ? 'jp-db-Answer-sentence jp-mod-warn' : ''}>{sentence}</p>;
}

function Duplicates({ result, trans }: { result: DuplicatesResult; trans: TranslationBundle }): JSX.Element {
  const { datasets, base, ref } = result;
  if (datasets.length === 0) {
    return <Told sentence={trans.__('There is no data set in %1 of %2.', showPath(result.path), ref)} />;
  }
  return (
    <>
      {datasets.map(found => (
        <section key={`${found.path}:${found.format}`} aria-label={showPath(found.path)}>
          {datasets.length > 1 && <h4>{showPath(found.path)}</h4>}
          <Told
            sentence={asSentence(found.message)}
            warns={(found.added_duplicate_rows ?? found.duplicate_rows ?? 0) > 0}
          />
          <DuplicatesFound found={found} left={base} right={ref} trans={trans} />
        </section>
      ))}
    </>
  );
}

function RowDiff({ result, trans }: { result: RowDiffResult; trans: TranslationBundle }): JSX.Element {
  const { results, columns, message } = result;
  return (
    <>
      <Told sentence={asSentence(message)} />
      <SchemaChanges changes={result.schema_changes} trans={trans} />
      <Unreadable files={result.unreadable} trans={trans} />
      {results.length > 0 && <RowDiffTable lines={results} columns={columns} trans={trans} />}
      {result.pagination.has_more && (
        <p className="jp-db-Muted">{trans.__('There are more: -n shows as many as you like.')}</p>
      )}
    </>
  );
}

/** What a list of the answer holds besides what is shown. */
function LeftOut(props: { numbers: Record<string, number>; trans: TranslationBundle }): JSX.Element | null {
  const more = Object.values(props.numbers).reduce((sum, number) => sum + number, 0);
  return more === 0 ? null : (
    <p className="jp-db-Muted">{props.trans.__('… and %1 more', formatCount(more))}</p>
  );
}
