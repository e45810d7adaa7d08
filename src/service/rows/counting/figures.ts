import type { DataFormat } from '../../../protocol/databranch.js';
import { formatOf, kindOf } from '../formats/format.js';
import { placeOf } from './place.js';
import type { ShapeId } from './shape.js';
import type { DataFile, FileStatistics } from './statistics.js';

/** Files of one data set that have one shape. */
export interface Group {
  /** Folder, ends with '/' or is ''. */
  path: string;
  /** `other`: no data files; all of them are one group, whatever their folder. */
  format: DataFormat | 'other';
  /** null: files that could not be counted. */
  shape: ShapeId | null;
}

export interface Figures {
  files: number;
  bytes: number;
  rows: number;
}

/** More groups than this are not kept at one tree node: whoever asks goes down to its children. */
export const KEPT_GROUPS_MAX = 64;

const OTHER: Group = { path: '', format: 'other', shape: null };

/** The group of one file. */
export function groupOf(file: DataFile, statistics: FileStatistics | undefined): Group {
  const kind = kindOf(file.path);
  if (!kind || !statistics) {
    return OTHER;
  }
  const shape = 'rows' in statistics ? statistics.shape : null;
  return { path: placeOf(file.path).dataSet, format: formatOf(kind), shape };
}

/** Figures by group. Adding and taking away are exact, so that they can be put together in any order. */
export class FigureMap {
  private readonly figures = new Map<string, Figures>();

  get size(): number {
    return this.figures.size;
  }

  addFile(file: DataFile, statistics: FileStatistics | undefined): void {
    const rows = statistics && 'rows' in statistics ? statistics.rows : 0;
    this.add(encode(groupOf(file, statistics)), { files: 1, bytes: file.entry.size, rows }, 1);
  }

  addAll(other: FigureMap): void {
    other.figures.forEach((figures, key) => this.add(key, figures, 1));
  }

  subtractAll(other: FigureMap): void {
    other.figures.forEach((figures, key) => this.add(key, figures, -1));
  }

  private add(key: string, { files, bytes, rows }: Figures, sign: 1 | -1): void {
    const present = this.figures.get(key) ?? { files: 0, bytes: 0, rows: 0 };
    const sum = {
      files: present.files + sign * files,
      bytes: present.bytes + sign * bytes,
      rows: present.rows + sign * rows
    };
    if (sum.files === 0) {
      this.figures.delete(key);
    } else {
      this.figures.set(key, sum);
    }
  }

  /** All groups, in no order. */
  groups(): (Group & Figures)[] {
    return [...this.figures].map(([key, figures]) => ({ ...decode(key), ...figures }));
  }

  /** Whether any data file could not be counted. */
  hasUncounted(): boolean {
    return this.groups().some(group => group.shape === null && group.format !== 'other');
  }

  toJSON(): [string, number, number, number][] {
    return [...this.figures].map(([key, { files, bytes, rows }]) => [key, files, bytes, rows]);
  }

  static fromJSON(json: [string, number, number, number][]): FigureMap {
    const map = new FigureMap();
    json.forEach(([key, files, bytes, rows]) => map.figures.set(key, { files, bytes, rows }));
    return map;
  }
}

/** The path comes last: it may hold anything. */
function encode({ path, format, shape }: Group): string {
  return `${format}/${shape ?? '-'}/${path}`;
}

function decode(key: string): Group {
  const [format, shape] = key.split('/', 2) as [Group['format'], string];
  const path = key.slice(format.length + shape.length + 2);
  return { path, format, shape: shape === '-' ? null : shape };
}
