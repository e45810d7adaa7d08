import { UnreadableFile } from './unreadable.js';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts the values of a JSON text fed to it in pieces: those one after another at the top, or the elements of the
 * array that is there instead. It follows brackets and strings and leaves the grammar inside a value alone.
 */
export class JsonScanner {
  /** Values that ended so far. */
  records = 0;
  private offset = 0;
  private line = 1;
  /** Brackets open inside the value. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Where the value that is open begins, -1 between values. */
  private start = -1;
  private startLine = 0;
  /** Whether the values are an array's elements; unknown before the first byte that is no space. */
  private inArray: boolean | undefined;
  private arrayClosed = false;

  /**
   * @param onRecord told the bytes (from the text's beginning) of each value that ends
   * @throws UnreadableFile
   */
  feed(bytes: Uint8Array, onRecord?: (start: number, end: number) => void): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.inString) {
        if (this.escaped) {
          this.escaped = false;
        } else if (byte === BACKSLASH) {
          this.escaped = true;
        } else if (byte === QUOTE) {
          this.inString = false;
          if (this.depth === 0) {
            this.end(i + 1, onRecord);
          }
        } else if (byte === LINE_FEED) {
          // JSON has no line breaks in strings: the quote was never closed.
          throw this.broken('has a string that does not end on its line');
        }
        continue;
      }
      switch (byte) {
        case LINE_FEED:
          this.endScalar(i, onRecord);
          this.line++;
          break;
        case 0x20:
        case 0x09:
        case 0x0d:
          this.endScalar(i, onRecord);
          break;
        case QUOTE:
          this.begin(i);
          this.inString = true;
          break;
        case OPEN_ARRAY:
          if (this.inArray === undefined) {
            this.inArray = true;
            break;
          }
          this.begin(i);
          this.depth++;
          break;
        case OPEN_OBJECT:
          this.begin(i);
          this.depth++;
          break;
        case CLOSE_ARRAY:
        case CLOSE_OBJECT:
          this.close(byte, i, onRecord);
          break;
        case COMMA:
          if (this.depth === 0) {
            this.endScalar(i, onRecord);
            if (!this.inArray) {
              throw this.broken('has a comma between two records');
            }
          }
          break;
        default:
          this.begin(i);
      }
    }
    this.offset += bytes.length;
  }

  /** Counts a last value that nothing ends. @throws UnreadableFile for one that is not whole */
  finish(): void {
    if (this.inString || this.depth > 0) {
      throw new UnreadableFile(`ends inside the record that begins on line ${this.startLine}`);
    }
    if (this.inArray && !this.arrayClosed) {
      throw new UnreadableFile('ends before its array does: it was cut off');
    }
    if (this.start >= 0) {
      this.records++;
      this.start = -1;
    }
  }

  /** A byte of a value: opens one unless one is open. */
  private begin(i: number): void {
    if (this.start >= 0) {
      return;
    }
    if (this.arrayClosed) {
      throw this.broken('has something behind the end of its array');
    }
    this.inArray ??= false;
    this.start = this.offset + i;
    this.startLine = this.line;
  }

  private close(byte: number, i: number, onRecord?: (start: number, end: number) => void): void {
    if (this.depth > 0) {
      if (--this.depth === 0) {
        this.end(i + 1, onRecord);
      }
      return;
    }
    this.endScalar(i, onRecord);
    if (byte !== CLOSE_ARRAY || !this.inArray || this.arrayClosed) {
      throw this.broken('closes a bracket that is not open');
    }
    this.arrayClosed = true;
  }

  /** A number, `true`, `false` or `null` ends where a space or a comma follows. */
  private endScalar(i: number, onRecord?: (start: number, end: number) => void): void {
    if (this.start >= 0 && this.depth === 0) {
      this.end(i, onRecord);
    }
  }

  private end(i: number, onRecord?: (start: number, end: number) => void): void {
    onRecord?.(this.start, this.offset + i);
    this.start = -1;
    this.records++;
  }

  private broken(what: string): UnreadableFile {
    return new UnreadableFile(`${what}, on line ${this.line}`);
  }
}
