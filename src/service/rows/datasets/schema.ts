import type { Column, DataFormat, SchemaChange } from '../../../protocol/databranch.js';
import type { Shape } from '../counting/shape.js';

/** A column type as far as values go: `timestamp[ms, utc]` and `timestamp[us, utc]` hold the same ones. */
function meaning(type: string): string {
  return type.replace(/\b(timestamp|time|duration)\[(s|ms|us|ns)\b/g, '$1[');
}

/** How two column lists differ: by name, and by type where the type means something else. */
export function schemaChanges(left: Column[], right: Column[]): SchemaChange[] {
  const before = new Map(left.map(({ name, type }) => [name, type]));
  const after = new Map(right.map(({ name, type }) => [name, type]));
  const changes: SchemaChange[] = [];
  for (const [column, left_type] of before) {
    const right_type = after.get(column);
    if (right_type === undefined) {
      changes.push({ column, change: 'removed', left_type, right_type: null });
    } else if (meaning(left_type) !== meaning(right_type)) {
      changes.push({ column, change: 'retyped', left_type, right_type });
    }
  }
  for (const [column, right_type] of after) {
    if (!before.has(column)) {
      changes.push({ column, change: 'added', left_type: null, right_type });
    }
  }
  return changes;
}

/**
 * Whether files of two shapes are read together as one table. CSV has nothing but its names; of the others, more
 * than half of the columns of the narrower one must be in both, and no column may change its kind.
 */
export function areCompatible(format: DataFormat, a: Shape, b: Shape): boolean {
  if (a.columns.length === 0 || b.columns.length === 0) {
    return true;
  }
  const names = (shape: Shape) => shape.columns.map(column => column.name).join('\0');
  if (format === 'csv') {
    return names(a) === names(b) && a.header === b.header;
  }
  const types = new Map(a.columns.map(({ name, type }) => [name, type]));
  const shared = b.columns.filter(({ name }) => types.has(name));
  return (
    shared.length * 2 > Math.min(a.columns.length, b.columns.length) &&
    shared.every(({ name, type }) => format === 'json' || wider(types.get(name)!, type) !== undefined)
  );
}

/** All columns of compatible lists, in the order in which they come; each as wide as its widest. */
export function unionOf(lists: Column[][]): Column[] {
  const union = new Map<string, string>();
  for (const { name, type } of lists.flat()) {
    const present = union.get(name);
    union.set(name, present === undefined ? type : (wider(present, type) ?? 'json'));
  }
  return [...union].map(([name, type]) => ({ name, type }));
}

/** Whether every value of one type is one of the other, so that whoever reads the one can read the other. */
export function isWidened(from: string, to: string): boolean {
  const wide = wider(from, to);
  return wide !== undefined && meaning(wide) === meaning(to);
}

/** Numbers by what they can hold, the narrowest first. */
const NUMBERS = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float', 'double'];

/** The type that holds the values of both, as Spark and DuckDB widen; undefined where there is none. */
function wider(a: string, b: string): string | undefined {
  if (meaning(a) === meaning(b) || b === 'null') {
    return a;
  }
  if (a === 'null') {
    return b;
  }
  const ranks = [a, b].map(type => NUMBERS.indexOf(type));
  if (ranks.every(rank => rank >= 0)) {
    return NUMBERS[Math.max(...ranks)];
  }
  return [a, b].every(type => type.startsWith('decimal(')) ? a : undefined;
}
