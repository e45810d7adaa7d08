/** A segment that may keep a path from counting; nearly no path has one. */
const UNUSUAL = /(?:^|\/)[_.]/;
/** `key=value`, as Spark and Hive name the folders of a partitioned table. */
const PARTITION = /^[^=]+=/;

/**
 * Whether an object counts at all: not where a segment of its path begins with `_` or `.` (`_SUCCESS`,
 * `_temporary/`, `.part-0.crc`), and not a folder's marker. A partition's folder counts although its column may
 * begin with `_`, as the columns do that Spark names by itself (`_c0=US/`).
 */
export function isCounted(path: string): boolean {
  const hidden = (segment: string) =>
    segment.startsWith('.') || (segment.startsWith('_') && !PARTITION.test(segment));
  return !path.endsWith('/') && !(UNUSUAL.test(path) && path.split('/').some(hidden));
}

/**
 * Where a path's data set is, and which partition of it holds the file: the parent folder without its trailing
 * `key=value` segments, and those segments. Both end with '/' or are ''. A function of the path alone.
 */
export function placeOf(path: string): { dataSet: string; partition: string } {
  const folderEnd = path.lastIndexOf('/') + 1;
  let end = folderEnd;
  while (end > 1) {
    const start = path.lastIndexOf('/', end - 2) + 1;
    if (!PARTITION.test(path.slice(start, end - 1))) {
      break;
    }
    end = start;
  }
  return { dataSet: path.slice(0, end), partition: path.slice(end, folderEnd) };
}

/**
 * The folder between a data set's folder and a path below it that makes the path another data set's; undefined
 * where all folders between are partitions.
 */
export function foreignFolder(path: string, dataSet: string): string | undefined {
  const segments = path.slice(dataSet.length).split('/').slice(0, -1);
  const foreign = segments.findIndex(segment => !PARTITION.test(segment));
  return foreign < 0 ? undefined : `${dataSet}${segments.slice(0, foreign + 1).join('/')}/`;
}
