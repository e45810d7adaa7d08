import type { Column, DataFormat, DataSet } from '../../../protocol/databranch.js';
import type { RepositoryUid } from '../../ids.js';
import type { ActiveFiles } from '../delta/log.js';
import type { Figures, FigureMap, Group } from '../counting/figures.js';
import { formatOf, kindOf } from '../formats/format.js';
import { placeOf } from '../counting/place.js';
import { areCompatible, unionOf } from './schema.js';
import { folderOf, type Scope } from '../counting/scope.js';
import type { Shape, ShapeId, Shapes } from '../counting/shape.js';
import type { DataFile, FileStatistics } from '../counting/statistics.js';

/** A data set with what a comparison needs beside the figures on the wire. */
export interface CountedDataSet {
  /** The folder as it is shown: below the path that was asked for. */
  path: string;
  /** The folder that paths are grouped by; shorter than `path` where a single partition was asked for. */
  folder: string;
  format: DataFormat;
  columns: Column[];
  /** CSV only. */
  header?: boolean;
  /** undefined while no file could be counted. */
  rows: number | undefined;
  bytes: number;
  files: number;
  /** Files that could not be counted. */
  uncounted: number;
  shapes: Set<ShapeId>;
  /** Whether it is the only one of its format in its folder, so that every file there belongs to it. */
  alone: boolean;
  /** Of a Delta table: the files that belong to it; all others in its folder are no part of it. */
  active?: ActiveFiles;
}

/** The data sets in a map of figures, by path bytes. What needs siblings is decided here, over the whole map. */
export async function dataSetsOf(
  figures: FigureMap,
  shapes: Shapes,
  uid: RepositoryUid,
  scope: Scope
): Promise<CountedDataSet[]> {
  const places = new Map<string, (Group & Figures)[]>();
  for (const group of figures.groups()) {
    if (group.format !== 'other') {
      const key = `${group.format}/${group.path}`;
      places.set(key, [...(places.get(key) ?? []), group]);
    }
  }
  const ids = [...new Set(figures.groups().flatMap(group => group.shape ?? []))];
  const found = await shapes.get(uid, ids);
  const byId = new Map(ids.map((id, i) => [id, found[i]!]));
  return [...places.values()].flatMap(groups => dataSetsAt(groups, byId, scope)).sort(order);
}

/** As the wire has it. */
export function shown(dataSet: CountedDataSet): DataSet {
  const { path, format, rows, bytes, files, columns, header } = dataSet;
  return { path, format, rows: rows ?? null, bytes, files, columns, ...(header !== undefined && { header }) };
}

/** Whether a file belongs to a data set. */
export function belongs(
  dataSet: CountedDataSet,
  file: DataFile,
  statistics: FileStatistics | undefined
): boolean {
  const kind = kindOf(file.path);
  return (
    kind !== undefined &&
    formatOf(kind) === dataSet.format &&
    placeOf(file.path).dataSet === dataSet.folder &&
    (dataSet.active === undefined || dataSet.active.files.has(file.path)) &&
    (dataSet.alone ||
      (statistics !== undefined && 'rows' in statistics && dataSet.shapes.has(statistics.shape)))
  );
}

/** What is known of a file's rows when some of them are deleted. */
export function withoutRows(statistics: FileStatistics, deleted: number): FileStatistics {
  if ('unreadable' in statistics) {
    return statistics;
  }
  const rows = statistics.rows - deleted;
  return rows >= 0
    ? { ...statistics, rows }
    : { unreadable: `has ${statistics.rows} rows, and ${deleted} of them are deleted` };
}

/** The data sets among groups of one folder and format: compatible shapes are one. */
function dataSetsAt(
  groups: (Group & Figures)[],
  shapes: Map<ShapeId, Shape>,
  scope: Scope
): CountedDataSet[] {
  const { path: folder } = groups[0]!;
  const format = groups[0]!.format as DataFormat;
  // The largest first, so that what most files are decides.
  const counted = groups
    .filter(group => group.shape !== null)
    .sort((a, b) => b.rows - a.rows || b.files - a.files || (a.shape! < b.shape! ? -1 : 1));
  const clusters: (Group & Figures)[][] = [];
  for (const group of counted) {
    const shape = shapes.get(group.shape!)!;
    const cluster = clusters.find(members =>
      members.every(member => areCompatible(format, shapes.get(member.shape!)!, shape))
    );
    if (cluster) {
      cluster.push(group);
    } else {
      clusters.push([group]);
    }
  }
  // Files that could not be counted are most likely the largest's.
  const uncounted = groups.filter(group => group.shape === null);
  clusters[0] ??= [];
  return clusters.map((members, i) => {
    const all = i === 0 ? [...members, ...uncounted] : members;
    const ownShapes = members.map(member => shapes.get(member.shape!)!);
    const header = ownShapes.find(shape => shape.header !== undefined)?.header;
    return {
      path: folder.length < scope.prefix.length ? folderOf(scope) : folder,
      folder,
      format,
      columns: unionOf(ownShapes.map(shape => shape.columns)),
      ...(header !== undefined && { header }),
      rows: members.length > 0 ? sum(members, 'rows') : undefined,
      bytes: sum(all, 'bytes'),
      files: sum(all, 'files'),
      uncounted: i === 0 ? sum(uncounted, 'files') : 0,
      shapes: new Set(members.map(member => member.shape!)),
      alone: clusters.length === 1
    };
  });
}

const sum = (groups: Figures[], field: keyof Figures) =>
  groups.reduce((total, group) => total + group[field], 0);

function order(a: CountedDataSet, b: CountedDataSet): number {
  return (
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)) ||
    (a.format < b.format ? -1 : a.format > b.format ? 1 : 0) ||
    ([...a.shapes][0]! < [...b.shapes][0]! ? -1 : 1)
  );
}
