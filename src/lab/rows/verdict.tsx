import type { TranslationBundle } from '@jupyterlab/translation';
import type { DataSetComparison } from '../../protocol/databranch.js';

/** How much a finding matters: `warn` is something to look at before merging. */
export type Tone = 'ok' | 'info' | 'warn' | 'muted';

/** What a verdict is told by. */
export type Judged = Pick<
  DataSetComparison,
  'verdict' | 'times' | 'basis' | 'left_rows' | 'right_rows' | 'schema_changes'
>;

export function toneOf({ verdict, left_rows, right_rows, schema_changes }: Judged): Tone {
  switch (verdict) {
    case 'equal':
      return 'ok';
    case 'added':
      return 'info';
    case 'repeated':
      return 'warn';
    case 'deduplicated':
      return 'info';
    case 'removed':
      return 'warn';
    case 'changed':
      return (right_rows ?? 0) < (left_rows ?? 0) || schema_changes.length > 0 ? 'warn' : 'info';
    case 'unknown':
      return 'warn';
  }
}

/** Whether there is more to say of a data set than its verdict: of equal ones, that they lie in other files. */
export function isTelling({ verdict, basis }: Judged): boolean {
  return verdict !== 'equal' || basis !== 'files';
}

/** A verdict in one or two words. */
export function verdictLabel(comparison: Judged, trans: TranslationBundle): string {
  const { verdict, times, left_rows, right_rows } = comparison;
  switch (verdict) {
    case 'equal':
      return trans.__('equal');
    case 'added':
      return trans.__('new');
    case 'repeated':
      return times === null ? trans.__('repeated') : trans.__('repeated ×%1', times);
    case 'deduplicated':
      return times === null ? trans.__('deduplicated') : trans.__('deduplicated ÷%1', times);
    case 'removed':
      return trans.__('removed');
    case 'changed':
      return trans.__('changed');
    case 'unknown':
      return left_rows === null || right_rows === null ? trans.__('not counted') : trans.__('not compared');
  }
}

/** How sure a verdict is; '' where there is nothing to be unsure of. */
export function basisSentence({ verdict, basis }: Judged, trans: TranslationBundle): string {
  if (verdict === 'added' || verdict === 'removed' || verdict === 'unknown') {
    return '';
  }
  switch (basis) {
    case 'files':
      return trans.__('Certain: same file contents.');
    case 'exact':
      return trans.__('Certain: every row was compared.');
    case 'fingerprint':
      return trans.__('As good as certain: row fingerprints.');
    case 'count':
      return trans.__('By the number of rows only.');
  }
}

/** The verdict as a coloured word. */
export function VerdictChip(props: {
  comparison: Judged;
  trans: TranslationBundle;
  /** In the narrow panel `×2` says enough. */
  short?: boolean;
}): JSX.Element {
  const { comparison, trans, short } = props;
  const label = verdictLabel(comparison, trans);
  const isTimes = short && comparison.verdict === 'repeated' && comparison.times !== null;
  return (
    <span
      className={`jp-db-Chip jp-mod-${toneOf(comparison)}`}
      title={`${label}. ${basisSentence(comparison, trans)}`}
      aria-label={label}
      role="img"
    >
      {isTimes ? `×${comparison.times}` : label}
    </span>
  );
}
