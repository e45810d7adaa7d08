import { addIcon, deleteIcon, lockIcon } from '@jupyterlab/ui-components';
import { useCallback, useEffect } from 'react';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { Empty } from '../controls/message.js';
import { useLab, useModel } from '../context.js';
import { branchIcon, compareIcon, mergeIcon } from '../icons.js';
import { isProtected } from '../model/protection.js';
import type { TabProps } from './content.js';
import type { RefListProps } from './ref-list.js';
import { RefList } from './ref-list.js';

/** All branches, with what one does to a branch. */
export function BranchesTab({ repository, defaultBranch, go }: TabProps): JSX.Element {
  const { commands, databranch, trans } = useLab();
  const current = useModel(databranch).current;
  const list = useCallback<RefListProps['list']>(
    page => repository.client.branches(repository.name, page),
    [repository]
  );
  const protection = useModel(repository.protection);
  useEffect(() => void protection.refresh(), [protection]);
  const about = { repository: repository.name };
  const isCurrent = (branch: string): boolean =>
    current?.repository === repository && current.name === branch;
  const create = (source: string): void =>
    void commands.execute(CommandIDs.createBranch, { ...about, source });
  const select = (branch: string): void => void commands.execute(CommandIDs.select, { ...about, branch });

  return (
    <RefList
      repository={repository}
      go={go}
      label={trans.__('Branches')}
      icon={branchIcon}
      list={list}
      failed={trans.__('Branches could not be listed.')}
      empty={prefix => <Empty title={trans.__('No branch begins with “%1”', prefix)} />}
      create={
        <Button kind="primary" onClick={() => create(defaultBranch)}>
          {trans.__('Create Branch')}
        </Button>
      }
      rowProps={({ id }) => ({ className: 'jp-db-BranchRow', 'data-branch': id })}
      onEnter={({ id }) => select(id)}
      chips={({ id }) => (
        <>
          {id === defaultBranch && <span className="jp-db-Chip jp-mod-muted">{trans.__('default')}</span>}
          {isProtected(id, protection.value ?? []) && (
            <span className="jp-db-Chip jp-mod-muted" title={trans.__('Takes changes by merge only')}>
              {trans.__('protected')}
            </span>
          )}
          {isCurrent(id) && <span className="jp-db-Chip jp-mod-info">{trans.__('in the panel')}</span>}
        </>
      )}
      actions={({ id }, active) => (
        <>
          {!isCurrent(id) && (
            <Button className="jp-db-RowAction" onClick={() => select(id)}>
              {trans.__('Switch')}
            </Button>
          )}
          <IconButton
            icon={addIcon}
            className="jp-db-RowAction"
            label={trans.__('Create branch from %1', id)}
            tabbable={active}
            onClick={() => create(id)}
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
        </>
      )}
    />
  );
}
