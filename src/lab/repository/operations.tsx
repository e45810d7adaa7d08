import type { LabIcon } from '@jupyterlab/ui-components';
import { addIcon, deleteIcon, listIcon, undoIcon } from '@jupyterlab/ui-components';
import { useMemo, useState } from 'react';
import type { Operation } from '../../protocol/databranch.js';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { Glyph } from '../controls/glyph.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { Picker } from '../controls/picker.js';
import { searchBranches } from '../controls/refs.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { formatAgo, formatTime, shortId } from '../format.js';
import { branchIcon, commitIcon, mergeIcon } from '../icons.js';
import { Listing } from '../model/listing.js';
import { isUndoable, operationWords } from '../operations/words.js';
import type { TabProps } from './content.js';
import { useReading } from './use-reading.js';

const ROW_HEIGHT = 44;

const ICONS: Record<Operation['verb'], LabIcon> = {
  'create-branch': addIcon,
  'delete-branch': deleteIcon,
  commit: commitIcon,
  merge: mergeIcon,
  import: commitIcon,
  revert: commitIcon,
  'cherry-pick': commitIcon,
  reset: undoIcon,
  'hard-reset': commitIcon,
  undo: undoIcon
};

/** Who did what to which branch, and the way to take it back. */
export function OperationsTab({ repository }: TabProps): JSX.Element {
  const { commands, trans } = useLab();
  const [branch, setBranch] = useState<string>();
  const listing = useReading(
    repository,
    useMemo(
      () => new Listing(page => repository.client.operations(repository.name, { ...page, branch })),
      [repository, branch]
    )
  );
  const undo = ({ id }: Operation): void =>
    void commands.execute(CommandIDs.undo, { repository: repository.name, operation: id });
  return (
    <div className="jp-db-Tab">
      <div className="jp-db-Tab-bar">
        <Picker
          label={trans.__('Operations on')}
          icon={branchIcon}
          value={branch}
          placeholder={trans.__('All branches')}
          search={searchBranches(repository.client, repository.name)}
          onPick={setBranch}
          actions={[{ label: trans.__('All branches'), icon: listIcon, run: () => setBranch(undefined) }]}
        />
        <span className="jp-db-Muted">{trans.__('Operations of the last days can be undone.')}</span>
      </div>
      <Listed
        listing={listing}
        failed={trans.__('Operations could not be listed.')}
        empty={
          <Empty title={trans.__('No operations')}>
            {trans.__('Commits, merges, resets and deletions appear here, and can be taken back.')}
          </Empty>
        }
      >
        <Windowed
          items={listing.items}
          rowHeight={ROW_HEIGHT}
          role="list"
          label={trans.__('Operations')}
          className="jp-db-Grid"
          keyOf={operation => operation.id}
          onEnd={() => void listing.readAhead()}
          onRowKey={(event, operation) => {
            if (event.key === 'Enter' && isUndoable(operation)) {
              undo(operation);
            }
          }}
          rowProps={({ undone }) => ({
            className: `jp-db-OperationRow ${undone ? 'jp-mod-undone' : ''}`
          })}
          renderRow={(operation, { active }) => (
            <OperationLine
              operation={operation}
              undoes={listing.items.find(({ id }) => id === operation.undoes)}
              active={active}
              onUndo={() => undo(operation)}
            />
          )}
        />
      </Listed>
    </div>
  );
}

function OperationLine(props: {
  operation: Operation;
  /** What it took back, as far as that is known. */
  undoes: Operation | undefined;
  active: boolean;
  onUndo(): void;
}): JSX.Element {
  const { trans } = useLab();
  const { operation, undoes, active, onUndo } = props;
  const { verb, actor, time, undone, from_commit_id: from, to_commit_id: to } = operation;
  const Icon = ICONS[verb];
  const words = operationWords(operation, trans);
  return (
    <>
      <Glyph of={Icon} />
      <span className="jp-db-HistoryRow-text">
        <span className="jp-db-Row-name" title={words}>
          {undoes ? trans.__('Undone: %1', operationWords(undoes, trans)) : words}
        </span>
        <small title={formatTime(time)}>{`${formatAgo(time)} · ${actor || trans.__('unknown')}`}</small>
      </span>
      <span className="jp-db-Cell jp-mod-id">
        {[from, to].map(commit => (commit ? shortId(commit) : '–')).join(' → ')}
      </span>
      <span className="jp-db-Cell jp-mod-actions">
        {undone ? (
          <span className="jp-db-Chip jp-mod-muted">{trans.__('undone')}</span>
        ) : (
          isUndoable(operation) && (
            <Button tabbable={active} label={trans.__('Undo: %1', words)} onClick={onUndo}>
              {trans.__('Undo')}
            </Button>
          )
        )}
      </span>
    </>
  );
}
