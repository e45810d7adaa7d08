import { BasicKeyHandler, BasicMouseHandler, BasicSelectionModel, DataGrid } from '@lumino/datagrid';
import { Widget } from '@lumino/widgets';
import { useLayoutEffect, useRef } from 'react';
import { useLab } from '../../context.js';
import { dress, GRID_SIZES } from './grid-look.js';
import type { RowsModel } from './rows-model.js';

/** What JupyterLab changes on the page's body when another theme is on. */
const THEME_ATTRIBUTES = ['data-jp-theme-name', 'data-jp-theme-light'];

/** Rows in a data grid, which is drawn: to a screen reader it says its shape, and each cell that the keys go to. */
export function RowsGrid(props: { rows: RowsModel; label: string }): JSX.Element {
  const { say, trans } = useLab();
  const { rows, label } = props;
  const host = useRef<HTMLDivElement>(null);
  // A layout effect ends while its element is still in the document, as Lumino wants it.
  useLayoutEffect(() => {
    const grid = newGrid(rows);
    const { node } = grid.viewport;
    node.tabIndex = 0;
    node.setAttribute('role', 'application');
    node.setAttribute('aria-roledescription', trans.__('table'));
    node.setAttribute('aria-label', label);
    grid.selectionModel!.changed.connect(model => {
      const { cursorRow: row, cursorColumn: column } = model;
      if (row >= 0 && column >= 0) {
        const { name } = rows.columns[column]!;
        const value = rows.text(row, column);
        const shown = value === null ? trans.__('NULL') : value === '' ? trans.__('empty') : value;
        say(trans.__('Row %1, %2: %3', rows.numbers[row]! + 1, name, shown));
      }
    });
    Widget.attach(grid, host.current!);
    dress(grid, rows);
    const themes = new MutationObserver(() => dress(grid, rows));
    themes.observe(document.body, { attributes: true, attributeFilter: THEME_ATTRIBUTES });
    return () => {
      themes.disconnect();
      grid.dispose();
    };
  }, [rows, label, say, trans]);
  return <div className="jp-db-RowsGrid" ref={host} />;
}

function newGrid(rows: RowsModel): DataGrid {
  const grid = new DataGrid({
    defaultSizes: GRID_SIZES,
    copyConfig: {
      separator: '\t',
      headers: 'none',
      warningThreshold: 1e6,
      // Cells with tabs, quotes or line breaks as spreadsheets quote them; NULL is an empty cell.
      format: ({ value }) => quoted((value as string | null) ?? '')
    }
  });
  grid.dataModel = rows;
  grid.selectionModel = new BasicSelectionModel({ dataModel: rows });
  grid.keyHandler = new BasicKeyHandler();
  grid.mouseHandler = new BasicMouseHandler();
  return grid;
}

function quoted(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
