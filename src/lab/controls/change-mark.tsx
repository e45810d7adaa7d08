import type { TranslationBundle } from '@jupyterlab/translation';
import type { Diff } from '../../protocol/lakefs.js';

const LETTERS: Record<Diff['type'], string> = {
  added: 'A',
  changed: 'M',
  removed: 'D',
  conflict: '!',
  prefix_changed: 'M'
};

function wordFor(type: Diff['type'], trans: TranslationBundle): string {
  switch (type) {
    case 'added':
      return trans.__('added');
    case 'removed':
      return trans.__('deleted');
    case 'conflict':
      return trans.__('conflict');
    case 'changed':
    case 'prefix_changed':
      return trans.__('modified');
  }
}

/** A, M or D as version control shows them; the word for those who hear or hover. */
export function ChangeMark({ type, trans }: { type: Diff['type']; trans: TranslationBundle }): JSX.Element {
  const word = wordFor(type, trans);
  return (
    <span className={`jp-db-ChangeMark jp-mod-${type}`} role="img" aria-label={word} title={word}>
      {LETTERS[type]}
    </span>
  );
}
