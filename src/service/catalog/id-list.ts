const ID_BYTES = 32;
const IDS_FIRST = 256;

/** Many hashes or ids of 32 bytes in a row, without an object for each: a million take 32 MB. */
export class IdList {
  private bytes = Buffer.alloc(IDS_FIRST * ID_BYTES);
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(id: Buffer): void {
    if (this.count * ID_BYTES === this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
    }
    id.copy(this.bytes, this.count++ * ID_BYTES, 0, ID_BYTES);
  }

  at(index: number): Buffer {
    return this.bytes.subarray(index * ID_BYTES, (index + 1) * ID_BYTES);
  }
}
