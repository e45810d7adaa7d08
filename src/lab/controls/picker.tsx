import type { LabIcon } from '@jupyterlab/ui-components';
import { caretDownEmptyIcon, checkIcon } from '@jupyterlab/ui-components';
import type { KeyboardEvent } from 'react';
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { useLab } from '../context.js';
import { explain } from '../errors.js';
import { Glyph } from './glyph.js';
import { Popup } from './popup.js';

export interface PickerItem {
  id: string;
  /** A word on the right, e.g. "default" or "tag". */
  hint?: string;
  icon?: LabIcon;
}

/** What matches a search; `more` when there are matches beyond these. */
export interface PickerMatches {
  items: readonly PickerItem[];
  more: boolean;
}

export interface PickerAction {
  label: string;
  icon: LabIcon;
  run(search: string): void;
}

export interface PickerProps {
  /** The accessible name, e.g. "Branch". */
  label: string;
  icon?: LabIcon;
  /** What is chosen. */
  value: string | undefined;
  /** Shown while nothing is chosen. */
  placeholder: string;
  /** A few words after the value, e.g. "from main". */
  note?: string;
  className?: string;
  disabled?: boolean;
  /** Finds what has this text in its name. */
  search(text: string): Promise<PickerMatches>;
  onPick(id: string): void;
  /** What else can be done here, e.g. creating a branch. */
  actions?: readonly PickerAction[];
}

/** A button that shows a choice and opens a list with search to change it. */
export function Picker(props: PickerProps): JSX.Element {
  const { label, icon: Icon, value, note } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`jp-db-Picker ${props.className ?? ''}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`${label}: ${value ?? props.placeholder}`}
        title={value === undefined ? label : `${label}: ${value}`}
        disabled={props.disabled}
        onClick={() => setOpen(!open)}
        onKeyDown={event => {
          if (event.key === 'ArrowDown' && !open) {
            event.preventDefault();
            setOpen(true);
          }
        }}
      >
        {Icon && <Glyph of={Icon} />}
        <span className={`jp-db-Picker-value ${value === undefined ? 'jp-mod-empty' : ''}`}>
          {value ?? props.placeholder}
        </span>
        {note && <span className="jp-db-Picker-note">{note}</span>}
        <Glyph of={caretDownEmptyIcon} className="jp-db-Picker-caret" />
      </button>
      {open && (
        <Popup anchor={button} label={label} onClose={close}>
          <Choices
            {...props}
            onDone={() => {
              close();
              button.current?.focus();
            }}
          />
        </Popup>
      )}
    </>
  );
}

/** The opened list: search field, matches, actions. */
function Choices(props: PickerProps & { onDone(): void }): JSX.Element {
  const { trans } = useLab();
  const { label, value, search, onPick, onDone, actions = [] } = props;
  const [text, setText] = useState('');
  const { matches, failure, isCurrent } = useMatches(search, text.trim());
  const [active, setActive] = useState(0);
  const isAwaited = useRef(false);
  const list = useId();
  const items = matches?.items ?? [];

  const pick = (item: PickerItem | undefined): void => {
    if (item) {
      onDone();
      onPick(item.id);
    }
  };
  // Who types a name and presses Enter at once means what is found by it, not what was found before.
  useEffect(() => {
    if (isAwaited.current && isCurrent) {
      isAwaited.current = false;
      pick(items[0]);
    }
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1 };
    if (event.key in steps) {
      event.preventDefault();
      const next = Math.max(0, Math.min(items.length - 1, steps[event.key]!));
      setActive(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      isAwaited.current = !isCurrent;
      if (isCurrent) {
        pick(items[active]);
      }
    }
  };

  return (
    <>
      <input
        className="jp-db-Input jp-db-Picker-search"
        type="search"
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={items.length > 0 ? `${list}-${active}` : undefined}
        aria-label={trans.__('Search: %1', label)}
        placeholder={trans.__('Search')}
        value={text}
        onChange={event => {
          setText(event.target.value);
          setActive(0);
          isAwaited.current = false;
        }}
        onKeyDown={onKeyDown}
      />
      <div className="jp-db-Picker-list" role="listbox" id={list} aria-label={label}>
        {items.map((item, index) => (
          <div
            key={`${item.hint ?? ''}:${item.id}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={item.id === value}
            className={`jp-db-Picker-item ${index === active ? 'jp-mod-active' : ''}`}
            onPointerMove={() => setActive(index)}
            onClick={() => pick(item)}
          >
            {item.id === value ? (
              <Glyph of={checkIcon} />
            ) : item.icon ? (
              <Glyph of={item.icon} />
            ) : (
              <span className="jp-db-Icon" />
            )}
            <span className="jp-db-Picker-name">{item.id}</span>
            {item.hint && <span className="jp-db-Picker-note">{item.hint}</span>}
          </div>
        ))}
      </div>
      {failure && <p className="jp-db-Picker-message jp-mod-error">{explain(failure, trans)}</p>}
      {!failure && items.length === 0 && (
        <p className="jp-db-Picker-message">
          {isCurrent ? trans.__('Nothing matches.') : trans.__('Searching …')}
        </p>
      )}
      {matches?.more && (
        <p className="jp-db-Picker-message">{trans.__('There are more: type to find them.')}</p>
      )}
      {actions.length > 0 && (
        <div className="jp-db-Picker-actions">
          {actions.map(action => (
            <button
              key={action.label}
              type="button"
              className="jp-db-Picker-item"
              onClick={() => {
                onDone();
                action.run(text);
              }}
            >
              <Glyph of={action.icon} />
              <span className="jp-db-Picker-name">{action.label}</span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}

interface Found {
  matches?: PickerMatches;
  failure?: unknown;
  /** Whether that is what the text finds, or still what an earlier one found. */
  isCurrent: boolean;
}

/**
 * Searches as the user types; answers that come late are dropped. Until the answer comes, what is known already is
 * narrowed down: nothing moves away below the pointer of somebody who sees it there and clicks.
 */
function useMatches(search: PickerProps['search'], text: string): Found {
  const [found, setFound] = useState<Omit<Found, 'isCurrent'> & { by?: string }>({});
  const [find] = useState(() => search); // as it was when the list was opened
  useEffect(() => {
    let dropped = false;
    find(text).then(
      matches => !dropped && setFound({ by: text, matches }),
      (failure: unknown) => !dropped && setFound({ by: text, failure })
    );
    return () => {
      dropped = true;
    };
  }, [find, text]);
  const isCurrent = found.by === text;
  return { ...found, isCurrent, matches: isCurrent ? found.matches : narrowed(found.matches, text) };
}

function narrowed(matches: PickerMatches | undefined, text: string): PickerMatches | undefined {
  return matches && { ...matches, items: matches.items.filter(({ id }) => id.includes(text)) };
}
