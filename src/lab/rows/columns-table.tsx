import type { TranslationBundle } from '@jupyterlab/translation';
import { Fragment } from 'react';
import type { ColumnFigures, ColumnsResult } from '../../protocol/databranch.js';
import { formatCount, formatNumber } from '../format.js';
import { CellText, WideTable } from './cells.js';

/** Whether a column has more NULLs than on the base: then what is said of the columns is a warning. */
export function hasMoreNulls({ columns }: ColumnsResult): boolean {
  return columns.some(({ left, right }) => right.nulls > left.nulls);
}

/** Of how many rows the figures are, and how exact they are. */
export function ColumnsCaption(props: { result: ColumnsResult; trans: TranslationBundle }): JSX.Element {
  const { result, trans } = props;
  return (
    <p>
      {trans.__(
        '%1 rows on %2, %3 on %4.',
        formatCount(result.left_rows),
        result.left,
        formatCount(result.right_rows),
        result.right
      )}{' '}
      {!result.distinct_is_exact && (
        <span className="jp-db-Muted">{trans.__('Numbers of different values are estimates.')}</span>
      )}
    </p>
  );
}

const FIGURES = ['nulls', 'distinct', 'min', 'max', 'mean'] as const;

type Figure = (typeof FIGURES)[number];

function labelOf(figure: Figure, trans: TranslationBundle): string {
  switch (figure) {
    case 'nulls':
      return trans.__('Nulls');
    case 'distinct':
      return trans.__('Different values');
    case 'min':
      return trans.__('Least');
    case 'max':
      return trans.__('Most');
    case 'mean':
      return trans.__('Mean');
  }
}

/** The columns of a data set on both sides: what is missing, least, most, how many different values, the mean. */
export function ColumnsTable(props: { result: ColumnsResult; trans: TranslationBundle }): JSX.Element {
  const { result, trans } = props;
  const { left, right, columns } = result;
  return (
    <WideTable label={trans.__('Columns on %1 and %2', left, right)}>
      <thead>
        <tr>
          <th scope="col" rowSpan={2}>
            {trans.__('Column')}
          </th>
          {FIGURES.map(figure => (
            <th key={figure} scope="colgroup" colSpan={2}>
              {labelOf(figure, trans)}
            </th>
          ))}
        </tr>
        <tr>
          {FIGURES.map(figure => (
            <Fragment key={figure}>
              <th scope="col">{left}</th>
              <th scope="col">{right}</th>
            </Fragment>
          ))}
        </tr>
      </thead>
      <tbody>
        {columns.map(column => (
          <tr key={column.name}>
            <th scope="row">
              {column.name} <span className="jp-db-Muted">{column.type}</span>
            </th>
            {FIGURES.map(figure => (
              <Pair key={figure} figure={figure} left={column.left} right={column.right} trans={trans} />
            ))}
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

/** One figure of one column on both sides; the right one stands out where it differs. */
function Pair(props: {
  figure: Figure;
  left: ColumnFigures;
  right: ColumnFigures;
  trans: TranslationBundle;
}): JSX.Element {
  const { figure, left, right, trans } = props;
  const isNumber = figure !== 'min' && figure !== 'max';
  const classOf = (differs: boolean): string =>
    [isNumber && 'jp-db-Cells-number', differs && 'jp-mod-differs'].filter(Boolean).join(' ');
  return (
    <>
      <td className={classOf(false)}>
        <CellText text={textOf(left[figure])} trans={trans} />
      </td>
      <td className={classOf(left[figure] !== right[figure])}>
        <CellText text={textOf(right[figure])} trans={trans} />
      </td>
    </>
  );
}

/** A dash where there is no such figure, e.g. the mean of text. */
function textOf(figure: string | number | null): string {
  return figure === null ? '–' : typeof figure === 'number' ? formatNumber(figure) : figure;
}
