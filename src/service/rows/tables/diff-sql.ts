import { identifier, literal } from '../engine/sql.js';
import { unusedName, type Table } from './table.js';
import { chosenColumns } from './table-files.js';

/** What a row of a diff's file is; the words are those of Delta Lake's change data feed. */
export const CHANGE = {
  before: 'update_preimage',
  after: 'update_postimage',
  added: 'insert',
  removed: 'delete'
} as const;

/** Without keys, rows are in the order of so many columns: for people, who look at the first. */
const SORTED_COLUMNS_MAX = 3;

/** The file that a diff is kept in. */
export interface DiffLayout {
  /** Names of the columns in the file; the data's own are told apart from ours. */
  change: string;
  copies: string;
  columns: string[];
}

export function layoutOf({ columns }: Table): DiffLayout {
  const names = columns.map(({ name }) => name);
  return {
    change: unusedName('_change_type', names),
    copies: unusedName('_copies', names),
    columns: names
  };
}

/**
 * The rows that make the difference between both sides of a table: those with changed cells first, each as the row
 * before and the row after it, then added ones, then removed ones; within these by key and by the first columns.
 * @param keys columns by which a removed row and an added one are one that changed; none: no row is
 */
export function diffSql(table: Table, keys: string[], layout: DiffLayout): string {
  const { columns, identity } = table;
  const groups = identity.map((expression, i) => `${expression} AS g${i}`);
  const by = identity.map((_, i) => `g${i}`).join(', ');
  const values = columns.map(({ value, identity: meaning }, i) => {
    const at = identity.indexOf(meaning);
    return meaning === value && at >= 0 ? `g${at} AS v${i}` : `any_value(${value}) AS v${i}`;
  });
  const chosen = chosenColumns(columns, keys);
  const keyed = chosen.map(({ identity: meaning }, i) => {
    const at = identity.indexOf(meaning);
    return at >= 0 ? `g${at} AS k${i}` : `any_value(${meaning}) AS k${i}`;
  });
  const grouped =
    `SELECT ${[...groups, ...values, ...keyed, '(sum(r) - sum(l))::BIGINT AS d'].join(', ')} ` +
    `FROM ${table.from} GROUP BY ${by} HAVING sum(r) <> sum(l)`;
  const key = chosen.map((_, i) => `k${i}`).join(', ');
  // One row went and one came, as often: it is the same row with other cells.
  const over = `OVER (PARTITION BY ${key})`;
  const isUpdate = keys.length === 0 ? 'false' : `count(*) ${over} = 2 AND sum(d) ${over} = 0`;
  const shown = columns.map(({ name }, i) => `v${i} AS ${identifier(name)}`);
  const kind =
    `CASE WHEN u THEN (CASE WHEN d < 0 THEN ${literal(CHANGE.before)} ELSE ${literal(CHANGE.after)} END) ` +
    `WHEN d > 0 THEN ${literal(CHANGE.added)} ELSE ${literal(CHANGE.removed)} END`;
  const order = [
    'CASE WHEN u THEN 0 WHEN d > 0 THEN 1 ELSE 2 END',
    ...(keys.length > 0 ? [key] : []),
    'CASE WHEN u THEN d ELSE 0 END',
    ...identity.slice(0, SORTED_COLUMNS_MAX).map((_, i) => `g${i}`)
  ];
  return (
    `SELECT ${kind} AS ${identifier(layout.change)}, abs(d) AS ${identifier(layout.copies)}, ${shown.join(', ')} ` +
    `FROM (SELECT *, ${isUpdate} AS u FROM (${grouped})) ORDER BY ${order.join(', ')}`
  );
}
