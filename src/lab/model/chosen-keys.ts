/** Key columns that somebody chose for a question about a data set; undefined: nobody has. */
export interface ChosenKeys {
  keys: readonly string[] | undefined;
}

/**
 * What was chosen, without columns that the data set has no longer.
 *
 * @param readColumns - asks for its columns; none where it is not there
 */
export async function keysThere(
  chosen: readonly string[],
  readColumns: () => Promise<readonly string[]>
): Promise<readonly string[]> {
  const columns = chosen.length > 0 ? await readColumns() : [];
  return columns.length > 0 ? chosen.filter(key => columns.includes(key)) : chosen;
}
