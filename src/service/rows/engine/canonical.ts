/**
 * SQL expressions under which values that mean the same hash the same, by their DuckDB type. Part of fingerprint
 * version 1: a change here needs another version.
 */

/** Stands for the infinite times, beside all finite nanoseconds. */
const INFINITE = '1000000000000000000000000000000::HUGEINT';
/** Digits of the one scale that decimals are brought to where they fit. */
const DECIMAL_DIGITS = 38;
const DECIMAL_SCALE = 18;

/** The value of column `x` (a quoted name) in the form in which it is hashed. */
export function canonical(x: string, type: string): string {
  if (type === 'FLOAT' || type === 'DOUBLE') {
    return `CASE WHEN isnan(${x}) THEN 'nan'::DOUBLE WHEN ${x} = 0 THEN 0::DOUBLE ELSE ${x}::DOUBLE END`;
  }
  if (/^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|VARCHAR|BLOB|DATE|UUID)$/.test(type)) {
    // All integers hash by their value, whatever their width.
    return x;
  }
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal) {
    const [digits, scale] = [Number(decimal[1]), Number(decimal[2])];
    const fits = scale <= DECIMAL_SCALE && digits - scale <= DECIMAL_DIGITS - DECIMAL_SCALE;
    return fits ? `${x}::DECIMAL(${DECIMAL_DIGITS}, ${DECIMAL_SCALE})` : `${x}::VARCHAR`;
  }
  if (type.startsWith('TIMESTAMP')) {
    const finite = type === 'TIMESTAMP_NS' ? `epoch_ns(${x})::HUGEINT` : `epoch_us(${x})::HUGEINT * 1000`;
    return (
      `CASE WHEN ${x} IS NULL THEN NULL WHEN isfinite(${x}::TIMESTAMP) THEN ${finite} ` +
      `WHEN ${x}::TIMESTAMP > TIMESTAMP '2000-01-01' THEN ${INFINITE} ELSE -${INFINITE} END`
    );
  }
  // Lists, structs and maps (whose own hashes confuse [] with NULL), intervals, times of day, and what may come.
  return `${x}::VARCHAR`;
}

/** Column `x` as text, as it is compared with the text of a CSV file. Empty text and NULL are one. */
export function asText(x: string, type: string): string {
  if (type === 'FLOAT' || type === 'DOUBLE') {
    return `coalesce((CASE WHEN ${x} = 0 THEN 0 ELSE ${x} END)::${type}::VARCHAR, '')`;
  }
  const value = type === 'TIMESTAMP WITH TIME ZONE' ? `(${x} AT TIME ZONE 'UTC')` : x;
  return `coalesce(${value}::VARCHAR, '')`;
}

/**
 * Text `x` from a CSV or JSON file, in the form that {@link asText} gives to a column of `type` (as in
 * `Column.type`) with the same value: `4.50` is `4.5` as a double. What is no such value stays as it is.
 */
export function textAs(x: string, type: string): string {
  const cast = (pattern: string, to: string) =>
    `coalesce(CASE WHEN regexp_full_match(${x}, '${pattern}') THEN ${to} END, ${x}, '')`;
  if (/^u?int\d+$/.test(type)) {
    return cast('[+-]?\\d+', `TRY_CAST(${x} AS HUGEINT)::VARCHAR`);
  }
  if (type === 'float' || type === 'double') {
    const number = `TRY_CAST(${x} AS ${type})`;
    const plain = `(CASE WHEN ${number} = 0 THEN 0 ELSE ${number} END)::${type}::VARCHAR`;
    return cast('[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|[+-]?(nan|inf|infinity|NaN|Infinity)', plain);
  }
  const decimal = /^decimal\((\d+), (\d+)\)$/.exec(type);
  if (decimal) {
    // Only what fits: a cast would round the rest, and so hide a change.
    const [, digits, scale] = decimal;
    return cast(`[+-]?\\d*(\\.\\d{0,${scale}})?`, `TRY_CAST(${x} AS DECIMAL(${digits}, ${scale}))::VARCHAR`);
  }
  if (type === 'bool') {
    return cast('(?i)true|false', `lower(${x})`);
  }
  if (type.startsWith('timestamp[')) {
    const instant = type.includes(',')
      ? `(TRY_CAST(${x} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`
      : `TRY_CAST(${x} AS TIMESTAMP)`;
    return cast('\\d{4}-\\d{2}-\\d{2}.*', `${instant}::VARCHAR`);
  }
  return `coalesce(${x}, '')`;
}
