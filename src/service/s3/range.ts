import { S3Error } from './errors.js';

/** Bytes `start <= i < end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The one range that a Range header asks for, within `size` bytes: `first-last`, `first-` or `-suffix`.
 * undefined for no header and for what S3 ignores too: other units, several ranges, nonsense.
 * @throws S3Error InvalidRange when no byte of the object is in it
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const found = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = found ?? [];
  if (first === '' && last === '') {
    return undefined;
  }
  if (first === '') {
    const suffix = Math.min(Number(last), size);
    if (suffix === 0) {
      throw invalidRange(header, size);
    }
    return { start: size - suffix, end: size };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) {
    return undefined;
  }
  if (start >= size) {
    throw invalidRange(header, size);
  }
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

function invalidRange(header: string | undefined, size: number): S3Error {
  return new S3Error(
    'InvalidRange',
    416,
    'The requested range is not satisfiable.',
    { RangeRequested: header ?? '', ActualObjectSize: String(size) },
    { 'content-range': `bytes */${size}` }
  );
}
