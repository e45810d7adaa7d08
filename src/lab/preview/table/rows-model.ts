import { DataModel } from '@lumino/datagrid';
import { tableFromIPC, type Data } from 'apache-arrow';
import type { Column, PreviewMetadata } from '../../../protocol/databranch.js';
import { cellText } from './cell-text.js';

/** A column as its header shows it. */
export interface ShownColumn extends Column {
  /** Whether its values are numbers, which are read by their last digit. */
  isNumber: boolean;
}

/** The rows of a preview for a data grid: values as text, null for NULL. */
export class RowsModel extends DataModel {
  /** Those that are shown. */
  readonly columns: readonly ShownColumn[];
  /** All of the file. */
  readonly fileColumns: readonly Column[];
  /** Rows of the file. */
  readonly fileRows: number;
  /** Which row of the file each one is, counted from 0. */
  readonly numbers: readonly number[];

  /** @param stream - the answer of the service */
  constructor(stream: Uint8Array) {
    super();
    const { schema, batches } = tableFromIPC(stream);
    const metadata = Object.fromEntries(schema.metadata) as unknown as PreviewMetadata;
    this.fileRows = Number(metadata['databranch.rows']);
    this.numbers = JSON.parse(metadata['databranch.row_numbers']) as number[];
    this.fileColumns = JSON.parse(metadata['databranch.columns']) as Column[];
    const types = new Map(this.fileColumns.map(({ name, type }) => [name, type]));
    this.columns = schema.fields.map(({ name }) => {
      const type = types.get(name) ?? '';
      return { name, type, isNumber: NUMBER.test(type) };
    });
    this._places = batches.flatMap(({ data, numRows }) =>
      Array.from({ length: numRows }, (_, index) => ({ columns: data.children, index }))
    );
    this._texts = this.columns.map(() => []);
  }

  rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this._places.length : HEADER_ROWS;
  }

  columnCount(region: DataModel.ColumnRegion): number {
    return region === 'body' ? this.columns.length : 1;
  }

  data(region: DataModel.CellRegion, row: number, column: number): string | null {
    switch (region) {
      case 'body':
        return this.text(row, column);
      case 'column-header':
        return row === 0 ? this.columns[column]!.name : this.columns[column]!.type;
      case 'row-header':
        return String(this.numbers[row]! + 1);
      case 'corner-header':
        return '';
    }
  }

  /** A value as text; null for NULL. */
  text(row: number, column: number): string | null {
    const texts = this._texts[column]!;
    if (texts[row] === undefined) {
      const { columns, index } = this._places[row]!;
      texts[row] = cellText(columns[column]!, index);
    }
    return texts[row]!;
  }

  private readonly _places: readonly { columns: readonly Data[]; index: number }[];
  /** By column and row, those that were asked for. */
  private readonly _texts: (string | null)[][];
}

/** The name and the type. */
const HEADER_ROWS = 2;
const NUMBER = /^(u?int\d+|float\d*|double|decimal\(.*)$/;
