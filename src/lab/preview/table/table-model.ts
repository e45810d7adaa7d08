import type { Client } from '../../client/client.js';
import { Observable } from '../../model/observable.js';
import { Resource } from '../../model/resource.js';
import { RequestError } from '../../requests.js';
import { RowsModel } from './rows-model.js';

/** Where the rows of a preview come from. */
export type From = 'first' | 'last' | 'random';

/** Rows asked for at a time: a few screens. */
const ROWS = 200;

/** What is chosen of a file's rows and columns, and those rows. */
export class TableModel extends Observable {
  constructor(
    private readonly _client: Client,
    private readonly _place: { repository: string; ref: string; path: string }
  ) {
    super();
    this._rows.changed.connect(() => this._onRead());
  }

  get from(): From {
    return this._from;
  }

  /** The columns chosen, in the file's order; null for all. */
  get columns(): readonly string[] | null {
    return this._columns;
  }

  /** All columns of the file; undefined until some rows were read. */
  get allColumns(): readonly string[] | undefined {
    return this._allColumns;
  }

  /** The rows read last; undefined until there are some. */
  get rows(): RowsModel | undefined {
    return this._rows.value;
  }

  get busy(): boolean {
    return this._rows.busy;
  }

  /** Why the rows chosen could not be read; undefined where they could, or where fewer columns would do. */
  get error(): Error | undefined {
    return this.fitting ? undefined : this._rows.error;
  }

  /** Columns that could be shown where those chosen are too large; undefined where they are not. */
  get fitting(): readonly string[] | undefined {
    const { error } = this._rows;
    const columns = error instanceof RequestError ? error.data.columns : undefined;
    return Array.isArray(columns) && columns.length > 0 ? columns.map(String) : undefined;
  }

  /** Reads again; other rows where they are random. */
  refresh(): Promise<void> {
    return this._rows.refresh();
  }

  show(from: From): Promise<void> {
    this._from = from;
    return this.refresh();
  }

  /** @param columns - null for all */
  choose(columns: readonly string[] | null): Promise<void> {
    this._columns = columns;
    return this.refresh();
  }

  override dispose(): void {
    this._rows.dispose();
    super.dispose();
  }

  private async _read(signal: AbortSignal): Promise<RowsModel> {
    const { repository, ref, path } = this._place;
    const query = { path, from: this._from, amount: ROWS, columns: this._columns ?? [] };
    return new RowsModel(await this._client.rows.preview(repository, ref, query, signal));
  }

  private _onRead(): void {
    this._allColumns = this.rows?.fileColumns.map(({ name }) => name) ?? this._allColumns;
    this.emitChanged();
  }

  private readonly _rows = new Resource(signal => this._read(signal));
  private _from: From = 'first';
  private _columns: readonly string[] | null = null;
  private _allColumns: readonly string[] | undefined;
}
