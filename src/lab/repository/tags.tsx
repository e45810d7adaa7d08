import { deleteIcon } from '@jupyterlab/ui-components';
import { useCallback } from 'react';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { Empty } from '../controls/message.js';
import { useLab } from '../context.js';
import { branchIcon, tagIcon } from '../icons.js';
import type { TabProps } from './content.js';
import type { RefListProps } from './ref-list.js';
import { RefList } from './ref-list.js';

/** All tags: fixed names for commits. */
export function TagsTab({ repository, defaultBranch, go }: TabProps): JSX.Element {
  const { commands, trans } = useLab();
  const list = useCallback<RefListProps['list']>(
    page => repository.client.tags(repository.name, page),
    [repository]
  );
  const about = { repository: repository.name };
  const create = (): void => void commands.execute(CommandIDs.createTag, { ...about, branch: defaultBranch });
  return (
    <RefList
      repository={repository}
      go={go}
      label={trans.__('Tags')}
      icon={tagIcon}
      list={list}
      failed={trans.__('Tags could not be listed.')}
      empty={prefix =>
        prefix ? (
          <Empty title={trans.__('No tag begins with “%1”', prefix)} />
        ) : (
          <Empty title={trans.__('No tags yet')}>
            {trans.__('A tag is a name that stays on a commit, e.g. for the data behind a report.')}
          </Empty>
        )
      }
      create={
        <Button kind="primary" onClick={create}>
          {trans.__('Create Tag')}
        </Button>
      }
      rowProps={({ id, commit_id }) => ({
        className: 'jp-db-TagRow',
        'data-tag': id,
        'data-commit': commit_id
      })}
      actions={({ id }, active) => (
        <>
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
        </>
      )}
    />
  );
}
