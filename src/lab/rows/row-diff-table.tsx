import type { TranslationBundle } from '@jupyterlab/translation';
import type { RowDiffLine } from '../../protocol/databranch.js';
import { ChangeMark } from '../controls/change-mark.js';
import { formatCount } from '../format.js';
import { CellText, ColumnHeads, WideTable } from './cells.js';

/** Rows that differ, with the cells that changed. */
export function RowDiffTable(props: {
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
              <DiffCell key={column} line={line} at={at} trans={trans} />
            ))}
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

/** One cell: its text, or the old one and the new where a changed row differs. */
function DiffCell(props: { line: RowDiffLine; at: number; trans: TranslationBundle }): JSX.Element {
  const { at, trans } = props;
  const { left, right } = props.line;
  const [before, after] = [left?.[at] ?? null, right?.[at] ?? null];
  if (left === null || right === null || before === after) {
    return (
      <td>
        <CellText text={right === null ? before : after} trans={trans} />
      </td>
    );
  }
  return (
    <td className="jp-mod-differs">
      <del>
        <CellText text={before} trans={trans} />
      </del>{' '}
      <span aria-hidden>→</span>{' '}
      <ins>
        <CellText text={after} trans={trans} />
      </ins>
    </td>
  );
}
