import { invalid } from '../../catalog/errors.js';
import { NotCompared, rowsIdOf } from '../engine/engine-files.js';
import type { CountedDataSet } from '../datasets/datasets.js';
import { isTyped } from '../engine/form.js';
import { kindOf } from '../formats/format.js';
import type { KnownMember } from '../datasets/sides.js';
import { partitionKeys, type TableFile, type TableForm } from './table.js';
import { textForm } from './text-form.js';

/** Files that one table is made of; the engine opens all of them. */
const FILES_MAX = 10_000;

/**
 * The files of both sides as those of one table: each content once, with how often it is on either side. Files that
 * could not be counted are left out.
 * @throws NotCompared where they are too many
 */
export function tableFiles(left: KnownMember[], right: KnownMember[]): TableFile[] {
  const files = new Map<string, TableFile>();
  const add = (side: 'left' | 'right', member: KnownMember) => {
    const { path, entry, partition, statistics, deletedRows } = member;
    if ('unreadable' in statistics || statistics.rows === 0) {
      return;
    }
    const key = `${kindOf(path)}/${rowsIdOf(member)}/${partition}`;
    const file = files.get(key) ?? { path, entry, partition, statistics, deletedRows, left: 0, right: 0 };
    file[side]++;
    files.set(key, file);
  };
  left.forEach(member => add('left', member));
  right.forEach(member => add('right', member));
  if (files.size > FILES_MAX) {
    throw new NotCompared(`it has more than ${FILES_MAX.toLocaleString('en-US')} files`);
  }
  return [...files.values()];
}

/** How the rows of one or two data sets are read together. */
export function tableFormOf(
  left: CountedDataSet | undefined,
  right: CountedDataSet | undefined,
  members: KnownMember[]
): TableForm {
  const dataSets = [right, left].filter(dataSet => dataSet !== undefined);
  const names = [...new Set(dataSets.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  if (dataSets.every(({ format }) => isTyped(format))) {
    return { kind: 'typed', names };
  }
  if (dataSets.every(({ format }) => format === 'json')) {
    return { kind: 'json', names };
  }
  return textForm((left ?? right)!, (right ?? left)!, members);
}

/** The names of a table's columns: the data sets' own, and the partitions' of their files. */
export function columnNames(
  dataSets: (Pick<CountedDataSet, 'columns'> | undefined)[],
  members: { partition: string }[]
): string[] {
  const own = dataSets.flatMap(dataSet => dataSet?.columns.map(({ name }) => name) ?? []);
  const partitions = new Set(members.flatMap(({ partition }) => partitionKeys(partition)));
  return [...new Set([...own, ...partitions])];
}

/** @throws invalid-input */
export function refuseUnknown(keys: string[], names: string[]): void {
  const unknown = keys.find(key => !names.includes(key));
  if (unknown !== undefined) {
    throw invalid(`There is no column "${unknown}": there are ${names.join(', ')}.`);
  }
}

/** Columns of a table by the names that a person gave. @throws NotCompared where one is missing */
export function chosenColumns<C extends { name: string }>(columns: C[], names: string[]): C[] {
  return names.map(name => {
    const found = columns.find(column => column.name === name);
    if (!found) {
      const known = columns.map(column => column.name).join(', ');
      throw new NotCompared(`it has no column "${name}", but ${known}`);
    }
    return found;
  });
}
