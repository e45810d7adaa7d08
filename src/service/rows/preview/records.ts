import { UnreadableFile } from '../formats/unreadable.js';

/** Longest record of a text that is shown; as long as those that are compared. */
const RECORD_BYTES_MAX = 16 * 1024 * 1024;

/** Takes a text apart into its records, as the reader that counted them did. */
export interface Records {
  /** Takes the next piece and gives the records that end in it. */
  feed(piece: Buffer): Buffer[];
  /** The last record, where nothing ends it. */
  finish(): Buffer[];
}

/** What was read and belongs to no record yet. */
export class OpenRecord {
  private pieces: Buffer[] = [];
  private bytes = 0;

  /** @throws UnreadableFile for a record that is too long */
  add(piece: Buffer): void {
    this.pieces.push(piece);
    this.bytes += piece.length;
    if (this.bytes > RECORD_BYTES_MAX) {
      throw new UnreadableFile(`has a record of more than ${RECORD_BYTES_MAX / 1024 ** 2} MiB`);
    }
  }

  take(): Buffer {
    const record = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = [];
    this.bytes = 0;
    return record;
  }
}
