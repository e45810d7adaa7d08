import { useMemo } from 'react';
import type { Diff } from '../../protocol/lakefs.js';
import { ChangeMark } from '../controls/change-mark.js';
import { SameAs } from '../controls/same-as.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { formatBytes } from '../format.js';
import type { Listing } from '../model/listing.js';
import { sameContents } from '../repository/same-content.js';

const ROW_HEIGHT = 24;

/** Changed objects between two refs, by path. */
export function DiffList({ listing }: { listing: Listing<Diff> }): JSX.Element {
  const { trans } = useLab();
  const { items } = listing;
  const same = useMemo(
    () =>
      // What was removed is nowhere any more.
      sameContents(
        items.flatMap(({ path, size_bytes, right }) => (right ? [{ path, size_bytes, ...right }] : []))
      ),
    [items]
  );
  return (
    <Windowed
      items={items}
      rowHeight={ROW_HEIGHT}
      role="list"
      label={trans.__('Changed objects')}
      className="jp-db-Changes"
      keyOf={change => change.path}
      onEnd={() => void listing.readAhead()}
      rowProps={() => ({ className: 'jp-db-Change' })}
      renderRow={change => (
        <>
          <ChangeMark type={change.type} trans={trans} />
          <span className="jp-db-Row-name" title={change.path}>
            {change.path}
          </span>
          {same.has(change.path) && <SameAs name={same.get(change.path)!} />}
          {change.size_bytes !== undefined && (
            <span className="jp-db-Row-number">{formatBytes(change.size_bytes)}</span>
          )}
        </>
      )}
    />
  );
}
