import { caretDownIcon, caretRightIcon, undoIcon } from '@jupyterlab/ui-components';
import type { KeyboardEvent } from 'react';
import { useEffect, useMemo, useState } from 'react';
import { PLACE_CLASS } from '../commands/context.js';
import { CommandIDs } from '../commands/ids.js';
import { IconButton } from '../controls/button.js';
import { ChangeMark } from '../controls/change-mark.js';
import { Glyph } from '../controls/glyph.js';
import { Windowed } from '../controls/windowed.js';
import { useLab, useModel } from '../context.js';
import { formatCount, formatDelta } from '../format.js';
import type { BranchModel } from '../model/branch.js';
import type { ChangeLine } from './grouping.js';
import { linesOf } from './grouping.js';
import { useRowsOf } from './rows-of-file.js';

const ROW_HEIGHT = 24;

/** Uncommitted changes by folder, each with a way to take it back. */
export function ChangesTree({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const changes = useModel(branch.changes);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => linesOf(changes.items, folded), [changes.items, folded]);
  const about = { repository: branch.repository.name, branch: branch.name };
  const deltas = useFolderDeltas(branch);

  const toggle = (path: string): void => {
    const next = new Set(folded);
    if (!next.delete(path)) {
      next.add(path);
    }
    setFolded(next);
  };
  const discard = (line: ChangeLine): void => {
    void commands.execute(CommandIDs.discard, { ...about, path: pathOf(line) });
  };
  const onRowKey = (event: KeyboardEvent, line: ChangeLine): void => {
    const opens = event.key === 'ArrowRight' || event.key === 'ArrowLeft';
    if (event.key === 'Delete') {
      discard(line);
    } else if (line.kind === 'folder' && opens && line.folded === (event.key === 'ArrowRight')) {
      toggle(line.path);
    }
  };

  return (
    <Windowed
      items={lines}
      rowHeight={ROW_HEIGHT}
      role="tree"
      label={trans.__('Uncommitted changes')}
      className="jp-db-Changes"
      keyOf={pathOf}
      onEnd={() => void changes.readAhead()}
      onRowKey={onRowKey}
      rowProps={line => ({
        className: `${PLACE_CLASS} jp-db-Change`,
        'data-repository': about.repository,
        'data-branch': about.branch,
        'data-path': pathOf(line),
        'data-kind': line.kind,
        'aria-level': line.kind === 'folder' ? 1 : line.depth,
        'aria-expanded': line.kind === 'folder' ? !line.folded : undefined,
        onClick: line.kind === 'folder' ? () => toggle(line.path) : undefined
      })}
      renderRow={(line, { active, attended }) => (
        <>
          {line.kind === 'folder' ? (
            <FolderLine line={line} delta={deltas.get(line.path)} />
          ) : (
            <ObjectLine line={line} branch={branch} />
          )}
          {attended && (
            <IconButton
              icon={undoIcon}
              className="jp-db-RowAction"
              label={trans.__('Discard changes of %1', pathOf(line))}
              tabbable={active}
              onClick={() => discard(line)}
            />
          )}
        </>
      )}
    />
  );
}

function pathOf(line: ChangeLine): string {
  return line.kind === 'folder' ? line.path : line.change.path;
}

function FolderLine(props: {
  line: ChangeLine & { kind: 'folder' };
  /** Rows more (or fewer) through the uncommitted changes. */
  delta: number | undefined;
}): JSX.Element {
  const { trans } = useLab();
  const { line, delta } = props;
  const Caret = line.folded ? caretRightIcon : caretDownIcon;
  return (
    <>
      <Glyph of={Caret} />
      <span className="jp-db-Row-name" title={line.path}>
        {line.path}
      </span>
      <span className="jp-db-Row-number">
        {delta ? trans.__('%1 rows', formatDelta(delta)) : trans._n('%1 change', '%1 changes', line.count)}
      </span>
    </>
  );
}

function ObjectLine({
  line,
  branch
}: {
  line: ChangeLine & { kind: 'object' };
  branch: BranchModel;
}): JSX.Element {
  const { trans } = useLab();
  const { change, name, depth } = line;
  const rows = useRowsOf(branch, change);
  return (
    <>
      <span className={`jp-db-Indent jp-mod-${depth}`} />
      <ChangeMark type={change.type} trans={trans} />
      <span className="jp-db-Row-name" title={change.path}>
        {name}
      </span>
      {rows !== undefined && (
        <span className="jp-db-Row-number" title={trans.__('%1 rows', formatCount(rows))}>
          {formatCount(rows)}
        </span>
      )}
    </>
  );
}

/** Folder → what the uncommitted changes add to its rows. */
function useFolderDeltas(branch: BranchModel): ReadonlyMap<string, number> {
  const staged = useModel(branch.stagedRows);
  useEffect(() => staged.want(), [staged]);
  return useMemo(() => {
    const deltas = new Map<string, number>();
    for (const { path, left_rows, right_rows } of staged.value?.datasets ?? []) {
      // A folder may hold several data sets, of a format each.
      deltas.set(path, (deltas.get(path) ?? 0) + (right_rows ?? 0) - (left_rows ?? 0));
    }
    return deltas;
  }, [staged.value]);
}
