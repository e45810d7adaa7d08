/** Where the commit of a version lies in a table's log. @param table its folder */
export const commitFile = (version: number, table = 't/') =>
  `${table}_delta_log/${String(version).padStart(20, '0')}.json`;

/** A file with one action per line. */
export const actions = (...lines: object[]) => lines.map(line => JSON.stringify(line)).join('\n') + '\n';
