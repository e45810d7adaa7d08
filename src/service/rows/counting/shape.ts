import { createHash } from 'node:crypto';

import type { Column } from '../../../protocol/databranch.js';
import type { RepositoryUid } from '../../ids.js';
import type { Kept, KeptRecord } from './kept.js';
import { shapeKey } from './keys.js';

/** What files of one data set have in common. */
export interface Shape {
  columns: Column[];
  /** CSV only: whether the first line was taken as the names. */
  header?: boolean;
}

/** 16 hex digits: names a shape. */
export type ShapeId = string;

interface EncodedShape {
  id: ShapeId;
  value: Buffer;
}

/** Shapes in memory: far more than a repository has data sets that people look at. */
const CACHED_MAX = 2_000;

/** Shapes by their ids; millions of files share a few. */
export class Shapes {
  private readonly cached = new Map<string, Shape>();
  /** Of lists of columns that never change: Parquet files that were written alike have one and the same. */
  private readonly ofColumns = new WeakMap<Column[], EncodedShape>();

  constructor(private readonly kept: Kept) {}

  /** The shape's id, and the record that whoever keeps the id keeps before it. */
  add(uid: RepositoryUid, shape: Shape): { id: ShapeId; record: KeptRecord } {
    const { id, value } = this.encoded(shape);
    return { id, record: { key: shapeKey(uid, id), value } };
  }

  private encoded(shape: Shape): EncodedShape {
    const known = shape.header === undefined ? this.ofColumns.get(shape.columns) : undefined;
    if (known) {
      return known;
    }
    const value = Buffer.from(
      JSON.stringify([shape.columns.map(c => [c.name, c.type]), shape.header ?? null])
    );
    const encoded = { id: createHash('sha256').update(value).digest('hex').slice(0, 16), value };
    if (shape.header === undefined) {
      this.ofColumns.set(shape.columns, encoded);
    }
    return encoded;
  }

  /** The shapes of `ids`, in their order. @throws if one was never written */
  async get(uid: RepositoryUid, ids: ShapeId[]): Promise<Shape[]> {
    const missing = ids.filter(id => !this.cached.has(uid + id));
    const values = missing.length > 0 ? await this.kept.get(missing.map(id => shapeKey(uid, id))) : [];
    const found = new Map<ShapeId, Shape>();
    missing.forEach((id, i) => found.set(id, decode(id, values[i])));
    const shapes = ids.map(id => found.get(id) ?? this.cached.get(uid + id)!);
    found.forEach((shape, id) => this.keep(uid + id, shape));
    return shapes;
  }

  private keep(key: string, shape: Shape): void {
    if (this.cached.size >= CACHED_MAX) {
      this.cached.delete(this.cached.keys().next().value!);
    }
    this.cached.set(key, shape);
  }
}

function decode(id: ShapeId, value: Buffer | undefined): Shape {
  if (!value) {
    throw new Error(`The columns ${id} are missing from the store.`);
  }
  const [columns, header] = JSON.parse(value.toString()) as [[string, string][], boolean | null];
  return {
    columns: columns.map(([name, type]) => ({ name, type })),
    ...(header !== null && { header })
  };
}
