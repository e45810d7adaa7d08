import type { TranslationBundle } from '@jupyterlab/translation';
import type { DataSetComparison, DuplicateDataSet } from '../../protocol/databranch.js';
import { asSentence, formatCount, showPath } from '../format.js';
import type { Tone } from './verdict.js';
import { basisSentence } from './verdict.js';

/** What matters most about a comparison, before anyone reads the table. */
export interface Finding {
  tone: Tone;
  title: string;
  detail: string;
  /** How sure that is. */
  basis: string;
}

/** What else is known beside a comparison. */
export interface FindingContext {
  /** False when the rows count uncommitted changes, which a merge would not take as they are. */
  isCommitted?: boolean;
  /** What was found when somebody looked for duplicates. */
  duplicates?: DuplicateDataSet | null;
}

/**
 * The one finding to put above a comparison: duplicates before lost rows before what could not be counted before other
 * columns before mere growth. Null when there is no data set.
 */
export function findingOf(
  datasets: readonly DataSetComparison[],
  trans: TranslationBundle,
  { isCommitted = true, duplicates = null }: FindingContext = {}
): Finding | null {
  const found = (verdict: DataSetComparison['verdict']): DataSetComparison[] =>
    datasets.filter(comparison => comparison.verdict === verdict);
  const sumOf = (some: readonly DataSetComparison[]): number =>
    some.reduce((sum, one) => sum + growth(one), 0);
  const finding = (tone: Tone, title: string, about: readonly DataSetComparison[]): Finding => ({
    tone,
    title,
    detail: about.slice(0, 2).map(sentenceOf).join(' '),
    basis: about[0] ? basisSentence(about[0], trans) : ''
  });

  const addDuplicates = (rows: number): string =>
    isCommitted
      ? trans._n(
          'Merging would add %2 duplicate row.',
          'Merging would add %2 duplicate rows.',
          rows,
          formatCount(rows)
        )
      : trans._n(
          'Committed and merged, this would add %2 duplicate row.',
          'Committed and merged, this would add %2 duplicate rows.',
          rows,
          formatCount(rows)
        );

  const repeated = found('repeated');
  if (repeated.length > 0) {
    return finding('warn', addDuplicates(sumOf(repeated)), repeated);
  }
  if (duplicates?.added_duplicate_rows) {
    return {
      tone: 'warn',
      title: addDuplicates(duplicates.added_duplicate_rows),
      detail: sentenceOf(duplicates),
      basis: trans.__('Certain: every row was compared.')
    };
  }
  const shrunk = datasets.filter(one => ['removed', 'changed'].includes(one.verdict) && growth(one) < 0);
  if (shrunk.length > 0) {
    const rows = formatCount(-sumOf(shrunk));
    const title = isCommitted
      ? trans.__('Merging would remove %1 rows.', rows)
      : trans.__('Committed and merged, this would remove %1 rows.', rows);
    return finding('warn', title, shrunk);
  }
  const unknown = found('unknown');
  if (unknown.length > 0) {
    const title = trans._n(
      '%1 data set could not be compared.',
      '%1 data sets could not be compared.',
      unknown.length
    );
    return { ...finding('warn', title, unknown), basis: '' };
  }
  const columns = datasets.filter(one => one.verdict === 'changed' && one.schema_changes.length > 0);
  if (columns.length > 0) {
    const title = isCommitted
      ? trans.__('Merging would change columns.')
      : trans.__('Committed and merged, this would change columns.');
    return finding('warn', title, columns);
  }
  const deduplicated = found('deduplicated');
  if (deduplicated.length > 0) {
    const title = trans.__('%1 duplicate rows fewer.', formatCount(-sumOf(deduplicated)));
    return finding('info', title, deduplicated);
  }
  const different = datasets.filter(({ verdict }) => verdict !== 'equal');
  if (different.length > 0) {
    const rows = sumOf(different);
    const title =
      rows === 0
        ? trans.__('Rows changed, but not their number.')
        : trans.__('%1 new rows.', formatCount(rows));
    return finding('info', title, different);
  }
  if (datasets.length === 0) {
    return null;
  }
  const moved = datasets.filter(({ basis }) => basis !== 'files');
  return moved.length > 0
    ? finding('info', trans.__('The rows are the same on both sides, the files are not.'), moved)
    : {
        tone: 'ok',
        title: trans.__('Nothing happened to the rows.'),
        detail: trans.__('The data files are the same on both sides.'),
        basis: ''
      };
}

function growth({ left_rows, right_rows }: DataSetComparison): number {
  return (right_rows ?? 0) - (left_rows ?? 0);
}

function sentenceOf({ path, message }: Pick<DataSetComparison, 'path' | 'message'>): string {
  return `${showPath(path)}: ${asSentence(message)}`;
}
