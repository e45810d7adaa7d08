import type { TranslationBundle } from '@jupyterlab/translation';
import type { RowDiffLine } from '../../protocol/databranch.js';
import type { Client } from '../client/client.js';
import type { DataSetSides } from '../client/rows.js';
import { Button } from '../controls/button.js';
import { ChangeMark } from '../controls/change-mark.js';
import { useLab, useModel } from '../context.js';
import { formatCount } from '../format.js';
import type { RowDiff } from '../model/row-diff.js';
import { Unreadable } from '../rows/count-table.js';
import { SchemaChanges } from '../rows/schema-changes.js';
import { Answer, CellText, ColumnHeads, WideTable } from './answer.js';
import { KeyColumns } from './key-columns.js';

/** The rows that differ, page by page, with the cells that changed; as a file on request. */
export function RowDiffAnswer(props: { diff: RowDiff; sides: DataSetSides; client: Client }): JSX.Element {
  const { trans } = useLab();
  const { lines, figures } = useModel(props.diff);
  return (
    <Answer
      question={lines}
      title={trans.__('Rows that differ')}
      busy={trans.__('Comparing rows …')}
      failed={trans.__('The rows could not be compared.')}
    >
      {figures && (
        <>
          <p>
            {figures.message}{' '}
            <span className="jp-db-Muted">
              {figures.basis === 'exact' && trans.__('Certain: every row was compared.')}
            </span>
          </p>
          <SchemaChanges changes={figures.schema_changes} trans={trans} />
          <Unreadable files={figures.unreadable} trans={trans} />
          <div className="jp-db-Questions">
            <KeyColumns
              columns={figures.columns}
              chosen={figures.keys}
              onChoose={chosen => props.diff.setKeys(chosen)}
            />
            <span className="jp-db-Spacer" />
            {lines.items.length > 0 && (
              <a
                className="jp-db-Button"
                href={props.client.rows.diffAddress(props.sides, figures.keys)}
                download="rowdiff.parquet"
              >
                {trans.__('Download as Parquet')}
              </a>
            )}
          </div>
          {lines.items.length > 0 && (
            <DiffTable lines={lines.items} columns={figures.columns} trans={trans} />
          )}
          {lines.hasMore && <Button onClick={() => void lines.more()}>{trans.__('Show more rows')}</Button>}
        </>
      )}
    </Answer>
  );
}

function DiffTable(props: {
  lines: readonly RowDiffLine[];
  columns: readonly string[];
  trans: TranslationBundle;
}): JSX.Element {
  const { lines, columns, trans } = props;
  return (
    <WideTable label={trans.__('Rows that differ, %1 shown', formatCount(lines.length))}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Change')}</th>
          <ColumnHeads columns={columns} />
        </tr>
      </thead>
      <tbody>
        {lines.map((line, index) => (
          <tr key={index} className={`jp-mod-${line.change}`}>
            <td className="jp-db-Cells-mark">
              <ChangeMark type={line.change} trans={trans} />
              {line.copies > 1 && (
                <span title={trans.__('%1 rows like it', formatCount(line.copies))}>
                  ×{formatCount(line.copies)}
                </span>
              )}
            </td>
            {columns.map((column, at) => (
              <DiffCell key={column} line={line} at={at} />
            ))}
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

/** One cell: its text, or the old one and the new where a changed row differs. */
function DiffCell({ line: { left, right }, at }: { line: RowDiffLine; at: number }): JSX.Element {
  const [before, after] = [left?.[at] ?? null, right?.[at] ?? null];
  if (left === null || right === null || before === after) {
    return (
      <td>
        <CellText text={right === null ? before : after} />
      </td>
    );
  }
  return (
    <td className="jp-mod-differs">
      <del>
        <CellText text={before} />
      </del>{' '}
      <span aria-hidden>→</span>{' '}
      <ins>
        <CellText text={after} />
      </ins>
    </td>
  );
}
