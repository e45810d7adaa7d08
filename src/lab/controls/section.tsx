import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import type { ReactNode } from 'react';
import { useId, useState } from 'react';
import { useLab } from '../context.js';
import { Glyph } from './glyph.js';

/** A part of the side panel with a title that folds it; what is folded is not drawn, and so reads nothing. */
export function Section(props: {
  /** Name under which the fold is remembered. */
  id: string;
  title: string;
  /** A few words or a number beside the title. */
  aside?: ReactNode;
  /** Buttons at the right end. */
  actions?: ReactNode;
  /** Takes the panel's left-over height. */
  grows?: boolean;
  children: ReactNode;
}): JSX.Element {
  const { databranch } = useLab();
  const key = `folded:${props.id}`;
  const [folded, setFolded] = useState(databranch.memory.get<boolean>(key) ?? false);
  const content = useId();
  const Caret = folded ? caretRightIcon : caretDownIcon;
  const toggle = (): void => {
    databranch.memory.set(key, !folded || undefined);
    setFolded(!folded);
  };
  return (
    <section
      className={`jp-db-Section ${props.grows ? 'jp-mod-grows' : ''} ${folded ? 'jp-mod-folded' : ''}`}
      aria-label={props.title}
    >
      <div className="jp-db-Section-header">
        <h3>
          <button type="button" aria-expanded={!folded} aria-controls={content} onClick={toggle}>
            <Glyph of={Caret} />
            <span className="jp-db-Section-title">{props.title}</span>
          </button>
        </h3>
        <span className="jp-db-Section-aside">{props.aside}</span>
        {props.actions}
      </div>
      <div id={content} className="jp-db-Section-content">
        {!folded && props.children}
      </div>
    </section>
  );
}
