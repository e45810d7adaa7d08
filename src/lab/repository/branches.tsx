import { addIcon, deleteIcon, lockIcon } from '@jupyterlab/ui-components';
import { useEffect, useMemo, useState } from 'react';
import { PLACE_CLASS } from '../commands/context.js';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { Windowed } from '../controls/windowed.js';
import { useLab, useModel } from '../context.js';
import { shortId } from '../format.js';
import { branchIcon, compareIcon, mergeIcon } from '../icons.js';
import { Listing } from '../model/listing.js';
import { isProtected } from '../model/protection.js';
import type { TabProps } from './content.js';
import { useListing } from './use-listing.js';

const ROW_HEIGHT = 30;

/** All branches, with what one does to a branch. */
export function BranchesTab({ repository, defaultBranch, go }: TabProps): JSX.Element {
  const { commands, databranch, trans } = useLab();
  const current = useModel(databranch).current;
  const [prefix, setPrefix] = useState('');
  const listing = useListing(
    repository,
    useMemo(
      () =>
        new Listing(page =>
          repository.client.branches(repository.name, { ...page, prefix: prefix || undefined })
        ),
      [repository, prefix]
    )
  );
  const protection = useModel(repository.protection);
  useEffect(() => void protection.refresh(), [protection]);
  const about = { repository: repository.name };
  const isCurrent = (branch: string): boolean =>
    current?.repository === repository && current.name === branch;

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
        <Button
          kind="primary"
          onClick={() => void commands.execute(CommandIDs.createBranch, { ...about, source: defaultBranch })}
        >
          {trans.__('Create Branch')}
        </Button>
      </div>
      <Listed
        listing={listing}
        failed={trans.__('Branches could not be listed.')}
        empty={<Empty title={trans.__('No branch begins with “%1”', prefix)} />}
      >
        <Windowed
          items={listing.items}
          rowHeight={ROW_HEIGHT}
          role="grid"
          label={trans.__('Branches')}
          className="jp-db-Grid"
          keyOf={branch => branch.id}
          onEnd={() => void listing.readAhead()}
          onRowKey={(event, { id }) => {
            if (event.key === 'Enter') {
              void commands.execute(CommandIDs.select, { ...about, branch: id });
            }
          }}
          rowProps={({ id }) => ({
            className: `${PLACE_CLASS} jp-db-BranchRow`,
            'data-repository': repository.name,
            'data-branch': id
          })}
          renderRow={({ id, commit_id }, active) => (
            <>
              <span role="gridcell" className="jp-db-Cell jp-mod-main">
                <branchIcon.react tag="span" className="jp-db-Icon" />
                <button
                  type="button"
                  className="jp-db-Link"
                  tabIndex={active ? 0 : -1}
                  title={trans.__('Show the objects of %1', id)}
                  onClick={() => go({ tab: 'objects', ref: id, path: '' })}
                >
                  {id}
                </button>
                {id === defaultBranch && (
                  <span className="jp-db-Chip jp-mod-muted">{trans.__('default')}</span>
                )}
                {isProtected(id, protection.value ?? []) && (
                  <span className="jp-db-Chip jp-mod-muted" title={trans.__('Takes changes by merge only')}>
                    {trans.__('protected')}
                  </span>
                )}
                {isCurrent(id) && <span className="jp-db-Chip jp-mod-info">{trans.__('in the panel')}</span>}
              </span>
              <span role="gridcell" className="jp-db-Cell jp-mod-id" title={commit_id}>
                {shortId(commit_id)}
              </span>
              <span role="gridcell" className="jp-db-Cell jp-mod-actions">
                {!isCurrent(id) && (
                  <Button
                    className="jp-db-RowAction"
                    onClick={() => void commands.execute(CommandIDs.select, { ...about, branch: id })}
                  >
                    {trans.__('Switch')}
                  </Button>
                )}
                <IconButton
                  icon={addIcon}
                  className="jp-db-RowAction"
                  label={trans.__('Create branch from %1', id)}
                  tabbable={active}
                  onClick={() => void commands.execute(CommandIDs.createBranch, { ...about, source: id })}
                />
                <IconButton
                  icon={lockIcon}
                  className="jp-db-RowAction"
                  label={
                    isProtected(id, protection.value ?? [])
                      ? trans.__('Remove the protection of %1', id)
                      : trans.__('Protect %1', id)
                  }
                  tabbable={active}
                  onClick={() => void commands.execute(CommandIDs.protectBranch, { ...about, branch: id })}
                />
                {id !== defaultBranch && (
                  <>
                    <IconButton
                      icon={compareIcon}
                      className="jp-db-RowAction"
                      label={trans.__('Compare %1 with %2', id, defaultBranch)}
                      tabbable={active}
                      onClick={() => go({ tab: 'compare', left: defaultBranch, right: id })}
                    />
                    <IconButton
                      icon={mergeIcon}
                      className="jp-db-RowAction"
                      label={trans.__('Merge %1', id)}
                      tabbable={active}
                      onClick={() => void commands.execute(CommandIDs.merge, { ...about, branch: id })}
                    />
                    <IconButton
                      icon={deleteIcon}
                      className="jp-db-RowAction"
                      label={trans.__('Delete branch %1', id)}
                      tabbable={active}
                      onClick={() => void commands.execute(CommandIDs.deleteBranch, { ...about, branch: id })}
                    />
                  </>
                )}
              </span>
            </>
          )}
        />
      </Listed>
    </div>
  );
}
