import type { Diff } from '../../protocol/lakefs.js';
import { ChangeMark } from '../controls/change-mark.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { formatBytes } from '../format.js';
import type { Listing } from '../model/listing.js';

const ROW_HEIGHT = 24;

/** Changed objects between two refs, by path. */
export function DiffList({ listing }: { listing: Listing<Diff> }): JSX.Element {
  const { trans } = useLab();
  return (
    <Windowed
      items={listing.items}
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
          {change.size_bytes !== undefined && (
            <span className="jp-db-Row-number">{formatBytes(change.size_bytes)}</span>
          )}
        </>
      )}
    />
  );
}
