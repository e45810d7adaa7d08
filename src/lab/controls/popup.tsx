import type { ReactNode, RefObject } from 'react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { POPUP_CLASS } from '../keep-focus.js';

/** Pixels between a popup and the edge of the window. */
const MARGIN = 8;
const WIDTH_MIN = 230;
const HEIGHT_MAX = 420;

/** Something that opens below (or, without room there, above) an element, over everything else. */
export function Popup(props: {
  anchor: RefObject<HTMLElement>;
  label: string;
  onClose(): void;
  children: ReactNode;
}): JSX.Element {
  const { anchor, onClose } = props;
  const node = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<React.CSSProperties>({ opacity: 0 });

  useLayoutEffect(() => setPlace(placeAt(anchor.current!.getBoundingClientRect())), [anchor]);

  useEffect(() => {
    const onPointerDown = (event: Event): void => {
      const target = event.target as Node;
      if (!node.current?.contains(target) && !anchor.current?.contains(target)) {
        onClose();
      }
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    window.addEventListener('resize', onClose);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown, true);
      window.removeEventListener('resize', onClose);
    };
  }, [anchor, onClose]);

  return createPortal(
    <div
      ref={node}
      className={`${POPUP_CLASS} jp-ThemedContainer`}
      role="dialog"
      aria-label={props.label}
      style={place}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
          anchor.current?.focus();
        }
      }}
    >
      {props.children}
    </div>,
    document.body
  );
}

function placeAt(anchor: DOMRect): React.CSSProperties {
  const width = Math.max(anchor.width, WIDTH_MIN);
  const left = Math.max(MARGIN, Math.min(anchor.left, window.innerWidth - width - MARGIN));
  const below = window.innerHeight - anchor.bottom - MARGIN;
  const above = anchor.top - MARGIN;
  return below >= Math.min(HEIGHT_MAX, above)
    ? { left, width, top: anchor.bottom + 2, maxHeight: Math.min(HEIGHT_MAX, below) }
    : { left, width, bottom: window.innerHeight - anchor.top + 2, maxHeight: Math.min(HEIGHT_MAX, above) };
}
