/**
 * Prints what the parts came to. Its last line is the figures alone, for machines that read it.
 *
 * @param {(import('./reports.mjs').Report & { name: string, status: number })[]} results
 * @param {string[]} absent what was missing, in sentences
 * @returns {number} the exit status: 0 when nothing failed
 */
export function summarize(results, absent) {
  console.log('\n===== Summary');
  for (const { name, passed, failed, skipped, status, notes } of results) {
    const figures =
      passed + failed + skipped > 0 ? `${passed} passed, ${failed} failed, ${skipped} skipped` : 'clean';
    console.log(`${name.padEnd(10)} ${figures}${status === 0 ? '' : `  (ended with status ${status})`}`);
    notes.forEach(note => console.log(`             ${note}`));
  }
  absent.forEach(sentence => console.log(sentence));
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  // A runner may also fail without a failed test, e.g. on a leaked handle or a coverage threshold.
  const silent = results.filter(({ failed, status }) => failed === 0 && status !== 0).length;
  const failed = sum('failed') + silent;
  console.log(`\n${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
  return failed === 0 ? 0 : 1;
}
