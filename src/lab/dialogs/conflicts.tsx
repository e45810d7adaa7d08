import { useId } from 'react';
import { Button } from '../controls/button.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';

/** Whose change to take: the source's or the destination's. */
export type Side = 'source' | 'destination';

/** Path → side, for the conflicts that are decided. */
export type Sides = Readonly<Record<string, Side>>;

const ROW_HEIGHT = 28;
const ROWS_SHOWN = 7;

/** The paths that both sides changed, each with the choice of a side; or all at once. */
export function Conflicts(props: {
  paths: readonly string[];
  source: string;
  destination: string;
  sides: Sides;
  onChange(sides: Sides): void;
}): JSX.Element {
  const { trans } = useLab();
  const { paths, source, destination, sides, onChange } = props;
  const id = useId();
  const decided = paths.filter(path => sides[path] !== undefined).length;
  const all = (side: Side): void => onChange(Object.fromEntries(paths.map(path => [path, side])));
  return (
    <div className="jp-db-Conflicts" role="group" aria-labelledby={id}>
      <div className="jp-db-Conflicts-head">
        <strong id={id}>
          {trans._n('%1 object changed on both sides', '%1 objects changed on both sides', paths.length)}
        </strong>
        <span className="jp-db-Muted" role="status">
          {trans.__('%1 decided', decided)}
        </span>
      </div>
      <div className="jp-db-Actions">
        <Button onClick={() => all('source')}>{trans.__('All from %1', source)}</Button>
        <Button onClick={() => all('destination')}>{trans.__('All from %1', destination)}</Button>
      </div>
      <div
        className="jp-db-Conflicts-list"
        style={{ height: Math.min(paths.length, ROWS_SHOWN) * ROW_HEIGHT }}
      >
        <Windowed
          items={paths}
          rowHeight={ROW_HEIGHT}
          role="list"
          label={trans.__('Conflicts')}
          keyOf={path => path}
          rowProps={() => ({ className: 'jp-db-Conflict' })}
          renderRow={(path, { active }) => (
            <>
              <span className="jp-db-Row-name" title={path}>
                {path}
              </span>
              <span className="jp-db-Choice" role="radiogroup" aria-label={trans.__('Take %1 from', path)}>
                {(['source', 'destination'] as const).map(side => (
                  <label key={side}>
                    <input
                      type="radio"
                      name={`${id}-${path}`}
                      tabIndex={active ? 0 : -1}
                      checked={sides[path] === side}
                      onChange={() => onChange({ ...sides, [path]: side })}
                    />
                    {side === 'source' ? source : destination}
                  </label>
                ))}
              </span>
            </>
          )}
        />
      </div>
    </div>
  );
}
