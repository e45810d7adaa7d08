/** One line of a CSV file as RFC 4180 has it: a field with a comma, a quote or a line break is quoted. */
export function csvLine(fields: readonly string[]): string {
  return fields.map(quoted).join(',') + '\n';
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
