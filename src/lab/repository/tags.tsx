import { deleteIcon } from '@jupyterlab/ui-components';
import { useMemo, useState } from 'react';
import { PLACE_CLASS } from '../commands/context.js';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { shortId } from '../format.js';
import { branchIcon, tagIcon } from '../icons.js';
import { Listing } from '../model/listing.js';
import type { TabProps } from './content.js';
import { useListing } from './use-listing.js';

const ROW_HEIGHT = 30;

/** All tags: fixed names for commits. */
export function TagsTab({ repository, defaultBranch, go }: TabProps): JSX.Element {
  const { commands, trans } = useLab();
  const [prefix, setPrefix] = useState('');
  const listing = useListing(
    repository,
    useMemo(
      () =>
        new Listing(page =>
          repository.client.tags(repository.name, { ...page, prefix: prefix || undefined })
        ),
      [repository, prefix]
    )
  );
  const about = { repository: repository.name };
  const create = (): void => void commands.execute(CommandIDs.createTag, { ...about, branch: defaultBranch });
  return (
    <div className="jp-db-Tab">
      <div className="jp-db-Tab-bar">
        <input
          className="jp-db-Input"
          type="search"
          aria-label={trans.__('Names that begin with')}
          placeholder={trans.__('Names that begin with …')}
          value={prefix}
          onChange={event => setPrefix(event.target.value)}
        />
        <span className="jp-db-Spacer" />
        <Button kind="primary" onClick={create}>
          {trans.__('Create Tag')}
        </Button>
      </div>
      <Listed
        listing={listing}
        failed={trans.__('Tags could not be listed.')}
        empty={
          prefix ? (
            <Empty title={trans.__('No tag begins with “%1”', prefix)} />
          ) : (
            <Empty title={trans.__('No tags yet')}>
              {trans.__('A tag is a name that stays on a commit, e.g. for the data behind a report.')}
            </Empty>
          )
        }
      >
        <Windowed
          items={listing.items}
          rowHeight={ROW_HEIGHT}
          role="grid"
          label={trans.__('Tags')}
          className="jp-db-Grid"
          keyOf={tag => tag.id}
          onEnd={() => void listing.readAhead()}
          rowProps={({ id, commit_id }) => ({
            className: `${PLACE_CLASS} jp-db-TagRow`,
            'data-repository': repository.name,
            'data-tag': id,
            'data-commit': commit_id
          })}
          renderRow={({ id, commit_id }, active) => (
            <>
              <span role="gridcell" className="jp-db-Cell jp-mod-main">
                <tagIcon.react tag="span" className="jp-db-Icon" />
                <button
                  type="button"
                  className="jp-db-Link"
                  tabIndex={active ? 0 : -1}
                  title={trans.__('Show the objects of %1', id)}
                  onClick={() => go({ tab: 'objects', ref: id, path: '' })}
                >
                  {id}
                </button>
              </span>
              <span role="gridcell" className="jp-db-Cell jp-mod-id" title={commit_id}>
                {shortId(commit_id)}
              </span>
              <span role="gridcell" className="jp-db-Cell jp-mod-actions">
                <IconButton
                  icon={branchIcon}
                  className="jp-db-RowAction"
                  label={trans.__('Create branch from %1', id)}
                  tabbable={active}
                  onClick={() => void commands.execute(CommandIDs.createBranch, { ...about, source: id })}
                />
                <IconButton
                  icon={deleteIcon}
                  className="jp-db-RowAction"
                  label={trans.__('Delete tag %1', id)}
                  tabbable={active}
                  onClick={() => void commands.execute(CommandIDs.deleteTag, { ...about, tag: id })}
                />
              </span>
            </>
          )}
        />
      </Listed>
    </div>
  );
}
