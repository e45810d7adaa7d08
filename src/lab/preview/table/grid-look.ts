import type { CellRenderer, DataGrid } from '@lumino/datagrid';
import { TextRenderer } from '@lumino/datagrid';
import type { RowsModel } from './rows-model.js';

/** Characters of a value that are drawn: a grid measures all that it is given. */
const CHARACTERS_MAX = 300;
/** What stands for NULL; an empty text is drawn as nothing. */
const NULL = 'NULL';

const ROW_HEIGHT = 24;
const HEADER_HEIGHT = 22;
/** Pixels beside the text of a cell. */
const PADDING = 8;
const COLUMN_WIDTH_MIN = 56;
const COLUMN_WIDTH_MAX = 300;
/** Rows whose values decide how wide a column is. */
const ROWS_MEASURED = 50;
/** Of these the longest, of which one is the widest. */
const VALUES_MEASURED = 5;

/** Colours and fonts of the theme as a canvas takes them. */
interface Look {
  font: string;
  bold: string;
  italic: string;
  text: string;
  muted: string;
  background: string;
  header: string;
  line: string;
  selection: string;
  cursor: string;
}

export const GRID_SIZES: DataGrid.DefaultSizes = {
  rowHeight: ROW_HEIGHT,
  columnWidth: 120,
  rowHeaderWidth: 64,
  columnHeaderHeight: HEADER_HEIGHT
};

/** Makes a grid look as the theme is now, and its columns as wide as what is in them. */
export function dress(grid: DataGrid, model: RowsModel): void {
  const look = lookOf(grid.node);
  grid.style = {
    voidColor: look.background,
    backgroundColor: look.background,
    gridLineColor: look.line,
    headerBackgroundColor: look.header,
    headerGridLineColor: look.line,
    selectionFillColor: look.selection,
    selectionBorderColor: look.cursor,
    cursorFillColor: look.selection,
    cursorBorderColor: look.cursor,
    headerSelectionFillColor: look.selection,
    headerSelectionBorderColor: look.cursor,
    scrollShadow: { size: 0, color1: 'transparent', color2: 'transparent', color3: 'transparent' }
  };
  const number = new TextRenderer({
    font: look.font,
    textColor: look.muted,
    horizontalAlignment: 'right',
    horizontalPadding: PADDING
  });
  grid.cellRenderers.update({
    body: cells(model, look),
    'column-header': headers(model, look),
    'row-header': number,
    'corner-header': number
  });
  fit(grid, model, look);
}

function cells(model: RowsModel, look: Look): CellRenderer {
  return new TextRenderer({
    font: ({ value }) => (value === null ? look.italic : look.font),
    textColor: ({ value }) => (value === null ? look.muted : look.text),
    horizontalAlignment: ({ column }) => (model.columns[column]!.isNumber ? 'right' : 'left'),
    horizontalPadding: PADDING,
    elideDirection: 'right',
    format: ({ value }) => drawn(value as string | null)
  });
}

/** The name, and below it the type. */
function headers(model: RowsModel, look: Look): CellRenderer {
  return new TextRenderer({
    font: ({ row }) => (row === 0 ? look.bold : look.font),
    textColor: ({ row }) => (row === 0 ? look.text : look.muted),
    horizontalAlignment: ({ column }) => (model.columns[column]!.isNumber ? 'right' : 'left'),
    horizontalPadding: PADDING,
    elideDirection: 'right'
  });
}

/** A value on one line. */
function drawn(value: string | null): string {
  const text = value === null ? NULL : value.replace(/\r\n|\n|\r/g, '↵');
  return text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}…` : text;
}

function fit(grid: DataGrid, model: RowsModel, look: Look): void {
  const measure = document.createElement('canvas').getContext('2d');
  const width = (text: string, font: string): number => {
    if (!measure) {
      return 0;
    }
    measure.font = font;
    return measure.measureText(text).width;
  };
  const rows = Math.min(ROWS_MEASURED, model.rowCount('body'));
  model.columns.forEach(({ name, type }, column) => {
    const values = Array.from({ length: rows }, (_, row) => drawn(model.text(row, column)));
    const longest = values.sort((a, b) => b.length - a.length).slice(0, VALUES_MEASURED);
    const widths = [...longest, type].map(text => width(text, look.font));
    const widest = Math.max(width(name, look.bold), ...widths);
    const fitting = Math.ceil(widest) + 2 * PADDING + 2;
    grid.resizeColumn('body', column, Math.max(COLUMN_WIDTH_MIN, Math.min(COLUMN_WIDTH_MAX, fitting)));
  });
  const last = String((model.numbers.at(-1) ?? 0) + 1);
  grid.resizeColumn('row-header', 0, Math.ceil(width(last, look.font)) + 2 * PADDING + 2);
}

/** The variables are expressions, which only a real element turns into colours. */
function lookOf(host: HTMLElement): Look {
  const probe = host.appendChild(document.createElement('span'));
  const color = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  probe.style.font = 'var(--jp-ui-font-size1) var(--jp-ui-font-family)';
  const { fontSize, fontFamily } = getComputedStyle(probe);
  const font = `${fontSize} ${fontFamily}`;
  const look: Look = {
    font,
    bold: `600 ${font}`,
    italic: `italic ${font}`,
    text: color('var(--jp-ui-font-color1)'),
    muted: color('var(--jp-db-muted)'),
    background: color('var(--jp-layout-color1)'),
    header: color('var(--jp-layout-color2)'),
    line: color('var(--jp-border-color2)'),
    selection: color('color-mix(in srgb, var(--jp-brand-color1) 22%, transparent)'),
    cursor: color('var(--jp-brand-color1)')
  };
  probe.remove();
  return look;
}
