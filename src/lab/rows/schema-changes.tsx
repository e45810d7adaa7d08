import type { TranslationBundle } from '@jupyterlab/translation';
import type { SchemaChange } from '../../protocol/databranch.js';

/** Changes shown at once: a table that changed beyond that is another table. */
const CHANGES_SHOWN = 12;

/** Columns that are new, gone, or of another type. */
export function SchemaChanges(props: {
  changes: readonly SchemaChange[];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { changes, trans } = props;
  if (changes.length === 0) {
    return null;
  }
  const rest = changes.length - CHANGES_SHOWN;
  return (
    <ul className="jp-db-SchemaChanges" aria-label={trans.__('Changed columns')}>
      {changes.slice(0, CHANGES_SHOWN).map(change => (
        <li key={change.column}>{describe(change, trans)}</li>
      ))}
      {rest > 0 && <li>{trans._n('and %1 more column', 'and %1 more columns', rest)}</li>}
    </ul>
  );
}

function describe({ column, change, left_type, right_type }: SchemaChange, trans: TranslationBundle): string {
  switch (change) {
    case 'added':
      return trans.__('%1 is new (%2)', column, right_type ?? '?');
    case 'removed':
      return trans.__('%1 is gone (%2)', column, left_type ?? '?');
    case 'retyped':
      return trans.__('%1: %2 → %3', column, left_type ?? '?', right_type ?? '?');
  }
}
