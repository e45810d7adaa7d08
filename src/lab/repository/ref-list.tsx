import type { LabIcon } from '@jupyterlab/ui-components';
import type { HTMLAttributes, ReactNode } from 'react';
import { useMemo, useState } from 'react';
import type { Paginated, Ref } from '../../protocol/lakefs.js';
import { PLACE_CLASS } from '../commands/context.js';
import { Listed } from '../controls/listed.js';
import { NameFilter } from '../controls/name-filter.js';
import { RowGlyph } from '../controls/row-glyph.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { shortId } from '../format.js';
import type { PageAsked } from '../model/listing.js';
import { Listing } from '../model/listing.js';
import type { TabProps } from './content.js';
import { useReading } from './use-reading.js';

const ROW_HEIGHT = 30;

export interface RefListProps extends Pick<TabProps, 'repository' | 'go'> {
  /** The list's accessible name. */
  label: string;
  icon: LabIcon;
  /** One page of the names that begin with `prefix`; the same function as long as it lists the same. */
  list(page: PageAsked & { prefix?: string }): Promise<Paginated<Ref>>;
  /** Said where it cannot be listed. */
  failed: string;
  /** Shown where there is none. */
  empty(prefix: string): ReactNode;
  /** The button that makes another one. */
  create: ReactNode;
  rowProps(ref: Ref): HTMLAttributes<HTMLDivElement> & Record<`data-${string}`, string>;
  /** What is known of one, beside its name. */
  chips?(ref: Ref): ReactNode;
  /** What one does to it, while it is attended to. @param active - whether the row has the keyboard */
  actions(ref: Ref, active: boolean): ReactNode;
  /** Enter on a row; unless given, it shows the ref's objects. */
  onEnter?(ref: Ref): void;
}

/** Names for commits, searched by their beginning: what the tabs of branches and tags are made of. */
export function RefList(props: RefListProps): JSX.Element {
  const { trans } = useLab();
  const { repository, go, list } = props;
  const [prefix, setPrefix] = useState('');
  const listing = useReading(
    repository,
    useMemo(() => new Listing(page => list({ ...page, prefix: prefix || undefined })), [list, prefix])
  );
  const showObjects = ({ id }: Ref): void => go({ tab: 'objects', ref: id, path: '' });
  return (
    <div className="jp-db-Tab">
      <div className="jp-db-Tab-bar">
        <NameFilter value={prefix} onChange={setPrefix} />
        <span className="jp-db-Spacer" />
        {props.create}
      </div>
      <Listed listing={listing} failed={props.failed} empty={props.empty(prefix)}>
        <Windowed
          items={listing.items}
          rowHeight={ROW_HEIGHT}
          role="grid"
          label={props.label}
          className="jp-db-Grid"
          keyOf={ref => ref.id}
          onEnd={() => void listing.readAhead()}
          onRowKey={(event, ref) => {
            if (event.key === 'Enter') {
              (props.onEnter ?? showObjects)(ref);
            }
          }}
          rowProps={ref => {
            const { className = '', ...attributes } = props.rowProps(ref);
            return {
              ...attributes,
              className: `${PLACE_CLASS} ${className}`,
              'data-repository': repository.name
            };
          }}
          renderRow={(ref, { active, attended }) => (
            <>
              <span role="gridcell" className="jp-db-Cell jp-mod-main">
                <RowGlyph of={props.icon} />
                <button
                  type="button"
                  className="jp-db-Link"
                  tabIndex={active ? 0 : -1}
                  title={trans.__('Show the objects of %1', ref.id)}
                  onClick={() => showObjects(ref)}
                >
                  {ref.id}
                </button>
                {props.chips?.(ref)}
              </span>
              <span role="gridcell" className="jp-db-Cell jp-mod-id" title={ref.commit_id}>
                {shortId(ref.commit_id)}
              </span>
              <span role="gridcell" className="jp-db-Cell jp-mod-actions">
                {attended && props.actions(ref, active)}
              </span>
            </>
          )}
        />
      </Listed>
    </div>
  );
}
