/** Bytes `start <= i < end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The part of `size` bytes that a Range header asks for (RFC 9110, section 14): `first-last`, `first-` or
 * `-suffix`. `whole` where there is nothing to narrow: no header, another unit, or several ranges, which a
 * server may answer with everything. `unsatisfiable` for 416.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const ranges = /^bytes=(.*)$/i.exec(header?.trim() ?? '')?.[1];
  if (ranges === undefined || ranges.includes(',')) {
    return 'whole';
  }
  const [, first = '', last = ''] = /^\s*(\d*)-(\d*)\s*$/.exec(ranges) ?? [];
  if (first === '') {
    const suffix = Math.min(Number(last), size);
    return last === '' || suffix === 0 ? 'unsatisfiable' : { start: size - suffix, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  return start < end ? { start, end } : 'unsatisfiable';
}
