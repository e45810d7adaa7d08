import { Utf8, makeData, type Data, type DataType, type DateDay, type Int32 } from 'apache-arrow';

/** A column being filled, row by row. */
export interface ColumnBuilder<Value, Type extends DataType> {
  readonly type: Type;
  push(value: Value): void;
  /** The column's Arrow data; the builder is spent. */
  finish(): Data<Type>;
}

/** Text straight into Arrow's layout (offsets and bytes): building Arrow vectors from arrays takes five times as long. */
export class TextColumn implements ColumnBuilder<string, Utf8> {
  readonly type = new Utf8();
  private readonly offsets: Int32Array;
  private bytes: Buffer;
  private rows = 0;
  private end = 0;

  constructor(rows: number) {
    this.offsets = new Int32Array(rows + 1);
    this.bytes = Buffer.allocUnsafe(Math.max(64, rows * 16));
  }

  push(value: string): void {
    // A UTF-16 unit becomes at most three bytes.
    if (this.end + value.length * 3 > this.bytes.length) {
      this.grow(value.length * 3);
    }
    this.end += this.bytes.write(value, this.end);
    this.offsets[++this.rows] = this.end;
  }

  finish(): Data<Utf8> {
    return makeData({
      type: this.type,
      length: this.rows,
      nullCount: 0,
      valueOffsets: this.offsets,
      data: this.bytes.subarray(0, this.end)
    });
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe((this.bytes.length + needed) * 2);
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}

/** 32-bit integers, or days since 1970-01-01. */
export class IntegerColumn<Type extends Int32 | DateDay> implements ColumnBuilder<number, Type> {
  private readonly values: Int32Array;
  private rows = 0;

  constructor(
    readonly type: Type,
    rows: number
  ) {
    this.values = new Int32Array(rows);
  }

  push(value: number): void {
    this.values[this.rows++] = value;
  }

  finish(): Data<Type> {
    // Int32 and DateDay share one layout; the library's types cannot say so for a type parameter.
    const layout = { length: this.rows, nullCount: 0, data: this.values };
    return makeData({ type: this.type as Int32, ...layout }) as Data as Data<Type>;
  }
}
