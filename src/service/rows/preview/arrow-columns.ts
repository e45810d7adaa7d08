import { DataType, MetadataVersion, UnionMode, type Schema } from 'apache-arrow';
import { BufferRegion, RecordBatch } from 'apache-arrow/ipc/metadata/message';

import { UnreadableFile } from '../formats/unreadable.js';

/** Buffers begin at multiples of this in what is put together here. */
const ALIGNMENT = 64;

/** What of a record batch belongs to one column: `start <= i < end` in each of its lists. */
interface Extent {
  nodes: [start: number, end: number];
  buffers: [start: number, end: number];
  /** In the list that says how many buffers the values of each column of views lie in. */
  views: [start: number, end: number];
}

/** Some columns of a record batch: a batch of their own, and where its bytes lie in the body of the whole. */
export interface SelectedColumns {
  batch: RecordBatch;
  /** To be copied to `at` of a body of `bodyBytes`; zeros lie between them. One for each column. */
  pieces: { start: number; end: number; at: number }[];
  bodyBytes: number;
}

/**
 * Takes columns out of a record batch without looking at their bytes (Columnar.rst, "Recursive flattening"): each has a
 * run of its nodes and buffers.
 * @param indices of the schema's fields, ascending
 * @throws UnreadableFile
 */
export function selectColumns(
  { length, nodes, buffers, compression, variadicBufferCounts: views }: RecordBatch,
  schema: Schema,
  indices: number[],
  bodyBytes: number
): SelectedColumns {
  const extents = extentsOf(schema, views);
  const { nodes: ofNodes, buffers: ofBuffers } = extents.at(-1) ?? { nodes: [0, 0], buffers: [0, 0] };
  if (ofNodes[1] !== nodes.length || ofBuffers[1] !== buffers.length) {
    throw new UnreadableFile('has a record batch that is not of its schema');
  }
  const selected = indices.map(index => extents[index]!);
  const pieces: SelectedColumns['pieces'] = [];
  let at = 0;
  const moved = selected.flatMap(extent => {
    const regions = buffers.slice(...extent.buffers);
    const { start, end } = spanOf(regions, bodyBytes);
    const here = at;
    pieces.push({ start, end, at: here });
    at = Math.ceil((here + end - start) / ALIGNMENT) * ALIGNMENT;
    // One without a byte may say that it lies anywhere.
    return regions.map(
      region => new BufferRegion(region.length > 0 ? here + region.offset - start : here, region.length)
    );
  });
  const batch = new RecordBatch(
    length,
    selected.flatMap(extent => nodes.slice(...extent.nodes)),
    moved,
    compression,
    selected.flatMap(extent => views.slice(...extent.views))
  );
  return { batch, pieces, bodyBytes: at };
}

/** The bytes from the first to the last of some buffers. */
function spanOf(regions: BufferRegion[], bodyBytes: number): { start: number; end: number } {
  const some = regions.filter(({ length }) => length !== 0);
  if (some.some(({ offset, length }) => !(offset >= 0 && length > 0 && offset + length <= bodyBytes))) {
    throw new UnreadableFile('names a buffer outside its record batch');
  }
  const start = some.reduce((least, { offset }) => Math.min(least, offset), some[0]?.offset ?? 0);
  const end = some.reduce((most, { offset, length }) => Math.max(most, offset + length), start);
  return { start, end };
}

function extentsOf({ fields, metadataVersion }: Schema, views: number[]): Extent[] {
  const at = { nodes: 0, buffers: 0, views: 0 };
  const pass = (type: DataType): void => {
    at.nodes++;
    at.buffers += buffersOf(type, metadataVersion);
    if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) {
      at.buffers += views[at.views++] ?? 0;
    }
    // The values of a dictionary are not in the batch, and those of a column's type only where it has children.
    if (!DataType.isDictionary(type)) {
      type.children?.forEach(child => pass(child.type));
    }
  };
  return fields.map(({ type }) => {
    const start = { ...at };
    pass(type);
    return {
      nodes: [start.nodes, at.nodes],
      buffers: [start.buffers, at.buffers],
      views: [start.views, at.views]
    };
  });
}

/** How many buffers a column has besides those of its children and of views (Columnar.rst, "Buffer Listing"). */
function buffersOf(type: DataType, version: MetadataVersion): number {
  if (DataType.isNull(type)) {
    return 0;
  }
  if (DataType.isUnion(type)) {
    // Types, of a dense one offsets, and a validity bitmap up to version 4.
    return (type.mode === UnionMode.Dense ? 2 : 1) + (version < MetadataVersion.V5 ? 1 : 0);
  }
  if (DataType.isStruct(type) || DataType.isFixedSizeList(type)) {
    return 1;
  }
  const hasOffsetsAndValues =
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type);
  return hasOffsetsAndValues ? 3 : 2;
}

/** The dictionaries that a schema's columns take their values from, also inside of one another. */
export function dictionariesOf(schema: Schema): Set<number> {
  const found = new Set<number>();
  const visit = (type: DataType): void => {
    if (DataType.isDictionary(type)) {
      found.add(type.id);
      visit(type.dictionary);
    } else {
      type.children?.forEach(child => visit(child.type));
    }
  };
  schema.fields.forEach(({ type }) => visit(type));
  return found;
}
