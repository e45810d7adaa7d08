import type { LabIcon } from '@jupyterlab/ui-components';
import { Glyph } from './glyph.js';
import type { ReactNode } from 'react';

/** A small button that is only an icon; its label is the tooltip and the accessible name. */
export function IconButton(props: {
  icon: LabIcon;
  label: string;
  onClick(event: React.MouseEvent<HTMLButtonElement>): void;
  disabled?: boolean;
  /** False takes it out of the tab order, e.g. in rows that have not the keyboard. */
  tabbable?: boolean;
  className?: string;
  hasPopup?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      className={`jp-db-IconButton ${props.className ?? ''}`}
      aria-label={props.label}
      aria-haspopup={props.hasPopup ? 'menu' : undefined}
      title={props.label}
      disabled={props.disabled}
      tabIndex={props.tabbable === false ? -1 : undefined}
      onClick={event => {
        event.stopPropagation();
        props.onClick(event);
      }}
    >
      <Glyph of={props.icon} />
    </button>
  );
}

/** A button with words. `primary` is for the one thing that a view is there for. */
export function Button(props: {
  children: ReactNode;
  onClick?(event: React.MouseEvent<HTMLButtonElement>): void;
  hasPopup?: boolean;
  /** Whether what it shows and hides is shown. */
  expanded?: boolean;
  /** Whether it submits the form that it is in. */
  submits?: boolean;
  kind?: 'primary' | 'plain' | 'link';
  disabled?: boolean;
  className?: string;
  title?: string;
  /** The accessible name, where the words alone do not say what it is about. */
  label?: string;
  /** False takes it out of the tab order, see {@link IconButton}. */
  tabbable?: boolean;
}): JSX.Element {
  return (
    <button
      type={props.submits ? 'submit' : 'button'}
      className={`jp-db-Button jp-mod-${props.kind ?? 'plain'} ${props.className ?? ''}`}
      disabled={props.disabled}
      title={props.title}
      aria-label={props.label}
      aria-haspopup={props.hasPopup ? 'menu' : undefined}
      aria-expanded={props.expanded}
      tabIndex={props.tabbable === false ? -1 : undefined}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
