import { caretDownEmptyIcon } from '@jupyterlab/ui-components';
import { useCallback, useRef, useState } from 'react';
import { Button } from '../../controls/button.js';
import { Glyph } from '../../controls/glyph.js';
import { Popup } from '../../controls/popup.js';
import { useLab } from '../../context.js';

interface ChooserProps {
  /** All that there are, in their order. */
  columns: readonly string[];
  /** Those chosen; null for all. */
  chosen: readonly string[] | null;
  onChoose(columns: readonly string[] | null): void;
}

/** A button that says which columns are shown, and opens a list to choose others. */
export function ColumnChooser(props: ChooserProps): JSX.Element {
  const { trans } = useLab();
  const { columns, chosen } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  const shown =
    chosen === null
      ? trans.__('All %1 columns', columns.length)
      : trans.__('%1 of %2 columns', chosen.length, columns.length);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="jp-db-Picker jp-db-ColumnChooser"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={trans.__('Columns: %1', shown)}
        onClick={() => setOpen(!open)}
      >
        <span className="jp-db-Picker-value">{shown}</span>
        <Glyph of={caretDownEmptyIcon} className="jp-db-Picker-caret" />
      </button>
      {open && (
        <Popup anchor={button} label={trans.__('Columns')} onClose={close}>
          <Choices
            {...props}
            onChoose={names => {
              close();
              button.current?.focus();
              props.onChoose(names);
            }}
          />
        </Popup>
      )}
    </>
  );
}

function Choices({ columns, chosen, onChoose }: ChooserProps): JSX.Element {
  const { trans } = useLab();
  const [draft, setDraft] = useState(() => new Set(chosen ?? columns));
  const [search, setSearch] = useState('');
  const found = columns.filter(name => name.toLowerCase().includes(search.trim().toLowerCase()));
  const mark = (names: readonly string[], marked: boolean): void => {
    const next = new Set(draft);
    names.forEach(name => (marked ? next.add(name) : next.delete(name)));
    setDraft(next);
  };
  return (
    <form
      className="jp-db-ColumnChooser-form"
      onSubmit={event => {
        event.preventDefault();
        // In the order of the file, whatever the order of the clicks.
        onChoose(draft.size === columns.length ? null : columns.filter(name => draft.has(name)));
      }}
    >
      <input
        className="jp-db-Input jp-db-Picker-search"
        type="search"
        autoFocus
        aria-label={trans.__('Find columns')}
        placeholder={trans.__('Find columns')}
        value={search}
        onChange={event => setSearch(event.target.value)}
      />
      <div className="jp-db-ColumnChooser-list" role="group" aria-label={trans.__('Columns')}>
        {found.map(name => (
          <label key={name}>
            <input
              type="checkbox"
              checked={draft.has(name)}
              onChange={({ target }) => mark([name], target.checked)}
            />
            <span title={name}>{name}</span>
          </label>
        ))}
      </div>
      {found.length === 0 && <p className="jp-db-Picker-message">{trans.__('Nothing matches.')}</p>}
      <div className="jp-db-ColumnChooser-actions">
        <Button kind="link" onClick={() => mark(found, true)}>
          {trans.__('All')}
        </Button>
        <Button kind="link" onClick={() => mark(found, false)}>
          {trans.__('None')}
        </Button>
        <span className="jp-db-Spacer" />
        <Button kind="primary" submits disabled={draft.size === 0}>
          {trans.__('Show')}
        </Button>
      </div>
    </form>
  );
}
