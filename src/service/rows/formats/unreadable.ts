/**
 * A file's own fault: its bytes cannot be read in its format. The message is the rest of a sentence that begins
 * with the file, e.g. "is empty: a Parquet file has at least a footer". Trouble in reaching the bytes is any other
 * error.
 */
export class UnreadableFile extends Error {
  override name = 'UnreadableFile';
  constructor(
    message: string,
    /** Whether it will always be so: such an answer is as lasting as the bytes, and is kept with them. */
    readonly lasting = true
  ) {
    super(message);
  }
}
