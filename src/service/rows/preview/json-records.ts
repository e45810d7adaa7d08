import { JsonScanner } from '../formats/json-scanner.js';
import { UnreadableFile } from '../formats/unreadable.js';
import { OpenRecord, type Records } from './records.js';

/** The records of a JSON text: values one after another, or the elements of one array. */
export class JsonRecords implements Records {
  private readonly scanner = new JsonScanner();
  private readonly open = new OpenRecord();
  /** Bytes of the text before what is open, and before the next piece. */
  private openStart = 0;
  private offset = 0;

  feed(piece: Buffer): Buffer[] {
    const records: Buffer[] = [];
    let at = 0;
    this.scanner.feed(piece, (start, end) => {
      this.open.add(piece.subarray(at, end - this.offset));
      at = end - this.offset;
      // Before a record there may be spaces, a comma, and the bracket of the array that it is in.
      records.push(this.open.take().subarray(start - this.openStart));
      this.openStart = end;
    });
    this.open.add(piece.subarray(at));
    this.offset += piece.length;
    return records;
  }

  /** Only a number, `true`, `false` or `null` needs something behind it to end. */
  finish(): Buffer[] {
    const before = this.scanner.records;
    this.scanner.finish();
    return this.scanner.records > before ? [this.open.take()] : [];
  }
}

/**
 * The values of a record by its keys as text, written as they are there, so that no number loses a digit; null for
 * null, and for keys that it lacks. A record that is no object is a value by the key `value`.
 * @throws UnreadableFile for what is no JSON
 */
export function jsonValues(names: string[], record: string): (string | null)[] {
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch {
    throw new UnreadableFile('has a record that is no JSON');
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const members = isObject ? membersOf(record) : new Map([['value', textOf(record)]]);
  return names.map(name => members.get(name) ?? null);
}

const STRING = /"(?:[^"\\]|\\.)*"/y;

/** The members of a JSON object that is known to be one. */
function membersOf(object: string): Map<string, string | null> {
  const members = new Map<string, string | null>();
  let at = object.indexOf('{') + 1;
  for (;;) {
    const keyStart = object.indexOf('"', at);
    if (keyStart < 0) {
      return members;
    }
    const keyEnd = stringEnd(object, keyStart);
    const start = object.indexOf(':', keyEnd) + 1;
    at = valueEnd(object, start);
    members.set(JSON.parse(object.slice(keyStart, keyEnd)) as string, textOf(object.slice(start, at)));
  }
}

/** Where the comma or the bracket behind a value is. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = stringEnd(text, at) - 1;
        break;
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        if (depth-- === 0) {
          return at;
        }
        break;
      case ',':
        if (depth === 0) {
          return at;
        }
    }
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  STRING.lastIndex = start;
  STRING.test(text);
  return STRING.lastIndex;
}

/** A value as text: a string without its quotes, null for null. */
function textOf(json: string): string | null {
  const value = json.trim();
  if (value.startsWith('"')) {
    return JSON.parse(value) as string;
  }
  return value === 'null' ? null : value;
}
