import { deleteIcon, downloadIcon, fileIcon, folderIcon } from '@jupyterlab/ui-components';
import type { ObjectStats } from '../../protocol/lakefs.js';
import { CommandIDs } from '../commands/ids.js';
import { IconButton } from '../controls/button.js';
import { RowGlyph } from '../controls/row-glyph.js';
import { SameAs } from '../controls/same-as.js';
import type { RowState } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { formatAgo, formatBytes, formatTime } from '../format.js';

export function isFolder(object: ObjectStats): boolean {
  return object.path_type === 'common_prefix';
}

/** A row of a folder: name, size, age, and what one does with it. */
export function ObjectCells(props: {
  object: ObjectStats;
  name: string;
  /** Name of another object with the same contents, where there is one in the list. */
  sameAs: string | undefined;
  row: RowState;
  deletable: boolean;
  place: { repository: string; ref: string; path: string };
  /** Opens the folder, or shows the object. */
  onOpen(): void;
}): JSX.Element {
  const { commands, trans } = useLab();
  const { object, name, place } = props;
  const { active, attended } = props.row;
  const Icon = isFolder(object) ? folderIcon : fileIcon;
  return (
    <>
      <span role="gridcell" className="jp-db-Cell jp-mod-main">
        <RowGlyph of={Icon} />
        <button
          type="button"
          className="jp-db-Link"
          title={object.path}
          tabIndex={active ? 0 : -1}
          onClick={props.onOpen}
        >
          {name}
        </button>
        {props.sameAs !== undefined && <SameAs name={props.sameAs} />}
      </span>
      <span role="gridcell" className="jp-db-Cell jp-mod-number">
        {!isFolder(object) && formatBytes(object.size_bytes ?? 0)}
      </span>
      <span
        role="gridcell"
        className="jp-db-Cell jp-mod-time"
        title={attended && !isFolder(object) ? formatTime(object.mtime) : undefined}
      >
        {!isFolder(object) && formatAgo(object.mtime)}
      </span>
      <span role="gridcell" className="jp-db-Cell jp-mod-actions">
        {attended && !isFolder(object) && (
          <IconButton
            icon={downloadIcon}
            className="jp-db-RowAction"
            label={trans.__('Download %1', name)}
            tabbable={active}
            onClick={() => void commands.execute(CommandIDs.download, place)}
          />
        )}
        {attended && props.deletable && (
          <IconButton
            icon={deleteIcon}
            className="jp-db-RowAction"
            label={trans.__('Delete %1', name)}
            tabbable={active}
            onClick={() =>
              void commands.execute(CommandIDs.deleteObjects, {
                repository: place.repository,
                branch: place.ref,
                path: place.path
              })
            }
          />
        )}
      </span>
    </>
  );
}
