/**
 * Reads FlatBuffers (flatbuffers.dev, "Internals") of unknown origin: whatever the bytes say, nothing outside them is
 * read and nothing larger than them is counted. Every method throws RangeError where the bytes do not hold.
 */
export class FlatTable {
  private readonly fieldsStart: number;
  private readonly fieldsEnd: number;

  private constructor(
    private readonly view: DataView,
    private readonly at: number
  ) {
    this.fieldsStart = at - view.getInt32(at, true);
    this.fieldsEnd = this.fieldsStart + view.getUint16(this.fieldsStart, true);
  }

  /** The table that a buffer begins with. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** An unsigned byte; 0 where the field is absent. */
  uint8(field: number): number {
    const at = this.find(field);
    return at === 0 ? 0 : this.view.getUint8(at);
  }

  /** A 64-bit integer, exact up to 2^53; 0 where the field is absent. */
  int64(field: number): number {
    const at = this.find(field);
    return at === 0 ? 0 : Number(this.view.getBigInt64(at, true));
  }

  table(field: number): FlatTable | undefined {
    const at = this.find(field);
    return at === 0 ? undefined : new FlatTable(this.view, at + this.view.getUint32(at, true));
  }

  tables(field: number): FlatTable[] {
    return this.items(field, 4, at => new FlatTable(this.view, at + this.view.getUint32(at, true)));
  }

  /** The items of a vector of structs, each `bytes` long. */
  structs(field: number, bytes: number): DataView[] {
    return this.items(field, bytes, at => new DataView(this.view.buffer, this.view.byteOffset + at, bytes));
  }

  private items<T>(field: number, bytes: number, item: (at: number) => T): T[] {
    const found = this.find(field);
    if (found === 0) {
      return [];
    }
    const at = found + this.view.getUint32(found, true);
    const length = this.view.getUint32(at, true);
    if (at + 4 + length * bytes > this.view.byteLength) {
      throw new RangeError('a vector is longer than its buffer');
    }
    return Array.from({ length }, (_, i) => item(at + 4 + i * bytes));
  }

  /** Where a field's value is; 0 where it is absent. */
  private find(field: number): number {
    const entry = this.fieldsStart + 4 + 2 * field;
    const offset = entry < this.fieldsEnd ? this.view.getUint16(entry, true) : 0;
    return offset === 0 ? 0 : this.at + offset;
  }
}
