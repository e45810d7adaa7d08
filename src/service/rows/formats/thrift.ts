/** Types of the compact protocol, as they stand in the lower four bits of a field's head. */
export const THRIFT = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12
} as const;

/** Structures in structures: far more than any real file has. */
const DEPTH_MAX = 32;

/**
 * Reads Thrift's compact protocol (thrift-compact-protocol.md) of unknown origin: whatever the bytes say, nothing
 * outside them is read. Every method throws RangeError where the bytes do not hold.
 */
export class ThriftReader {
  private depth = 0;

  constructor(
    private readonly bytes: Uint8Array,
    /** Where the next byte is read. */
    public at = 0
  ) {}

  /**
   * Goes through the fields of a structure. `field` gets each one's number and type, and reads its value or answers
   * false, and then it is passed over.
   */
  struct(field: (id: number, type: number) => boolean): void {
    this.enter();
    let id = 0;
    for (;;) {
      const head = this.byte();
      const type = head & 0x0f;
      if (type === THRIFT.stop) {
        break;
      }
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4);
      if (!field(id, type)) {
        this.skip(type);
      }
    }
    this.depth--;
  }

  /** The head of a list or a set: how many items follow, and of which type. */
  list(): { length: number; type: number } {
    const head = this.byte();
    const short = head >> 4;
    const length = short === 15 ? this.varint() : short;
    if (length > this.bytes.length - this.at) {
      throw new RangeError('a list is longer than its bytes');
    }
    return { length, type: head & 0x0f };
  }

  /** An integer of any width, exact up to 2^53. */
  integer(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** The bytes of a text or a binary value, not copied. */
  binary(): Uint8Array {
    const length = this.varint();
    this.advance(length);
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Passes over a value of a structure's field. */
  skip(type: number): void {
    switch (type) {
      case THRIFT.true:
      case THRIFT.false:
        return;
      case THRIFT.byte:
        return this.advance(1);
      case THRIFT.i16:
      case THRIFT.i32:
      case THRIFT.i64:
        return this.skipVarint();
      case THRIFT.double:
        return this.advance(8);
      case THRIFT.binary:
        return this.advance(this.varint());
      case THRIFT.list:
      case THRIFT.set:
        return this.skipList();
      case THRIFT.map:
        return this.skipMap();
      case THRIFT.struct:
        return this.struct(() => false);
      default:
        throw new RangeError(`there is no type ${type}`);
    }
  }

  private skipList(): void {
    this.enter();
    const { length, type } = this.list();
    for (let i = 0; i < length; i++) {
      this.skipItem(type);
    }
    this.depth--;
  }

  private skipMap(): void {
    this.enter();
    const length = this.varint();
    const types = length === 0 ? 0 : this.byte();
    for (let i = 0; i < length; i++) {
      this.skipItem(types >> 4);
      this.skipItem(types & 0x0f);
    }
    this.depth--;
  }

  /** In lists and maps a boolean takes a byte; in structures its type says it. */
  private skipItem(type: number): void {
    if (type === THRIFT.true || type === THRIFT.false) {
      this.advance(1);
    } else {
      this.skip(type);
    }
  }

  private enter(): void {
    if (++this.depth > DEPTH_MAX) {
      throw new RangeError('structures lie too deep in each other');
    }
  }

  private varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        break;
      }
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) {
      throw new RangeError('a number is too large');
    }
    return value;
  }

  private skipVarint(): void {
    while (this.byte() >= 0x80);
  }

  private byte(): number {
    if (this.at >= this.bytes.length) {
      throw new RangeError('the bytes end too early');
    }
    return this.bytes[this.at++]!;
  }

  private advance(bytes: number): void {
    if (bytes > this.bytes.length - this.at) {
      throw new RangeError('the bytes end too early');
    }
    this.at += bytes;
  }
}
