import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactNode } from 'react';

/** A table that may be wider than the view, within a frame that scrolls by keyboard too. */
export function WideTable(props: { label: string; children: ReactNode }): JSX.Element {
  return (
    <div className="jp-db-Wide" role="region" aria-label={props.label} tabIndex={0}>
      <table className="jp-db-Cells">{props.children}</table>
    </div>
  );
}

/** The names of a data set's columns, as heads of a table's columns. */
export function ColumnHeads({ columns }: { columns: readonly string[] }): JSX.Element {
  return (
    <>
      {columns.map(column => (
        <th key={column} scope="col">
          {column}
        </th>
      ))}
    </>
  );
}

/** A cell's text; NULL and the empty text are named, and look unlike a text of that name. */
export function CellText({ text, trans }: { text: string | null; trans: TranslationBundle }): JSX.Element {
  if (text === null || text === '') {
    return <span className="jp-db-Absent">{text === null ? 'null' : trans.__('empty')}</span>;
  }
  return <>{text}</>;
}
