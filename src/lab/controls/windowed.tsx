import type { CSSProperties, HTMLAttributes, KeyboardEvent, ReactNode } from 'react';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Slots } from './slots.js';

/** Rows drawn above and below what is visible, so that a fast scroll shows no gaps. */
const OVERSCAN = 8;

/** Rows that stay in sight however little room there is. */
const ROWS_MIN = 3;

/** What a row is drawn for. */
export interface RowState {
  /** Whether the row has the keyboard: only its controls are in the tab order. */
  active: boolean;
  /** Whether the keyboard or the pointer is there: only then what one does to the row need be drawn. */
  attended: boolean;
}

export interface WindowedProps<T> {
  items: readonly T[];
  /** Pixels; every row has the same height. */
  rowHeight: number;
  /** The list's accessible name. */
  label: string;
  /** What the list is to assistive technology; its rows follow from that. */
  role: 'list' | 'tree' | 'grid';
  className?: string;
  keyOf(item: T): string;
  renderRow(item: T, row: RowState): ReactNode;
  /** Attributes of a row: its class, `aria-…`, `data-…`. */
  rowProps?(item: T, index: number): HTMLAttributes<HTMLDivElement> & Record<`data-${string}`, string>;
  /** Called when the end comes into view. */
  onEnd?(): void;
  /** Keys other than those that move between rows or press a button in one. */
  onRowKey?(event: KeyboardEvent, item: T): void;
}

const ROW_ROLE = { list: 'listitem', tree: 'treeitem', grid: 'row' } as const;

/** A list of any length of which only the visible rows are in the document. Arrow keys move between rows. */
export function Windowed<T>(props: WindowedProps<T>): JSX.Element {
  const { items, rowHeight, role, keyOf, renderRow, rowProps, onEnd, onRowKey } = props;
  const frame = useRef<HTMLDivElement>(null);
  // The row at the top: by less than a row nothing comes into sight that is not drawn.
  const [top, setTop] = useState(0);
  const height = useHeight(frame);
  const [active, setActive] = useState(0);
  const takesFocus = useRef(false);

  const first = Math.max(0, top - OVERSCAN);
  const last = Math.min(items.length - 1, top + Math.ceil(height / rowHeight) + OVERSCAN);
  const current = Math.min(active, items.length - 1);

  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (last >= items.length - 1 && items.length > 0) {
      end.current?.();
    }
    // Also when the list was read again: what was asked for meanwhile was not read. Not after a failure: `items` stays.
  }, [last, items]);

  useLayoutEffect(() => {
    if (takesFocus.current) {
      takesFocus.current = false;
      frame.current?.querySelector<HTMLElement>(`[data-index="${current}"]`)?.focus({ preventScroll: true });
    }
  });

  const moveTo = (index: number): void => {
    const target = Math.max(0, Math.min(items.length - 1, index));
    const node = frame.current!;
    if (target * rowHeight < node.scrollTop) {
      node.scrollTop = target * rowHeight;
    } else if ((target + 1) * rowHeight > node.scrollTop + node.clientHeight) {
      node.scrollTop = (target + 1) * rowHeight - node.clientHeight;
    }
    takesFocus.current = true;
    setTop(Math.floor(node.scrollTop / rowHeight));
    setActive(target);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: items.length - 1
    };
    const target = steps[event.key];
    if (target !== undefined) {
      event.preventDefault();
      moveTo(target);
    } else if (items[current] !== undefined && !pressesControl(event)) {
      onRowKey?.(event, items[current]);
    }
  };

  const indices = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  // The row with the keyboard stays in the document, or the focus would be lost when it scrolls out of view.
  if (current >= 0 && (current < first || current > last)) {
    indices.push(current);
  }
  const [slots] = useState(() => new Slots());
  const keys = indices.map(index => keyOf(items[index]!));
  const slotOf = slots.of(keys, items[current] && keyOf(items[current]));

  return (
    <div
      ref={frame}
      className={`jp-db-Windowed ${props.className ?? ''}`}
      style={frameStyle(items.length, rowHeight)}
      role={role}
      aria-label={props.label}
      aria-rowcount={role === 'grid' ? items.length : undefined}
      onScroll={event => setTop(Math.floor(event.currentTarget.scrollTop / rowHeight))}
      onKeyDown={onKeyDown}
    >
      <div className="jp-db-Windowed-space" role="presentation" style={{ height: items.length * rowHeight }}>
        {indices.map((index, at) => (
          <Row
            key={slotOf[at]}
            id={keys[at]!}
            item={items[index]!}
            {...{ index, role, rowHeight, renderRow, rowProps }}
            count={items.length}
            active={index === current}
            onFocus={setActive}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps<T> extends Pick<WindowedProps<T>, 'role' | 'rowHeight' | 'renderRow' | 'rowProps'> {
  /** The item's key. */
  id: string;
  item: T;
  index: number;
  /** Rows of the whole list. */
  count: number;
  active: boolean;
  onFocus(index: number): void;
}

/** One row. Those that stay in sight are not rendered again when the list is scrolled. */
const Row = memo(function Row<T>(props: RowProps<T>): JSX.Element {
  const { id, item, index, count, role, rowHeight, active } = props;
  const { className = '', ...attributes } = props.rowProps?.(item, index) ?? {};
  // Not whether, but which: another row may take over the element, and is not pointed at for that. By a pointer that moves:
  // rows that are scrolled along below one that rests are not asked about.
  const [pointed, setPointed] = useState<string>();
  return (
    <div
      {...attributes}
      role={ROW_ROLE[role]}
      className={`jp-db-Windowed-row ${className}`}
      style={{ top: index * rowHeight, height: rowHeight }}
      data-index={index}
      aria-setsize={role === 'grid' ? undefined : count}
      aria-posinset={role === 'grid' ? undefined : index + 1}
      aria-rowindex={role === 'grid' ? index + 1 : undefined}
      tabIndex={active ? 0 : -1}
      onFocus={() => props.onFocus(index)}
      onMouseMove={() => setPointed(id)}
      onMouseLeave={() => setPointed(undefined)}
    >
      {props.renderRow(item, { active, attended: active || pointed === id })}
    </div>
  );
}) as <T>(props: RowProps<T>) => JSX.Element;

/** The list's room; style sheets may give it less than all its rows would take. */
function frameStyle(rows: number, rowHeight: number): CSSProperties & Record<`--${string}`, string> {
  return {
    minHeight: Math.min(rows, ROWS_MIN) * rowHeight,
    '--jp-db-length': `${rows * rowHeight}px`
  };
}

/** Whether a key is one that presses the button in a row on which the keyboard is: then it is not the row's. */
function pressesControl({ key, target }: KeyboardEvent): boolean {
  return (key === 'Enter' || key === ' ') && (target as Element).closest('button') !== null;
}

/** The height of an element in pixels, as it changes. */
function useHeight(element: React.RefObject<HTMLElement>): number {
  const [height, setHeight] = useState(400);
  useLayoutEffect(() => {
    const node = element.current!;
    const observer = new ResizeObserver(() => setHeight(node.clientHeight));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return height;
}
