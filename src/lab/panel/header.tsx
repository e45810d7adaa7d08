import { addIcon, ellipsesIcon, fileUploadIcon, launchIcon, refreshIcon } from '@jupyterlab/ui-components';
import { CommandIDs } from '../commands/ids.js';
import { IconButton } from '../controls/button.js';
import { openMenu } from '../controls/menu.js';
import { useLab, useModel } from '../context.js';

/** The panel's title, and what one does most often. */
export function PanelHeader(): JSX.Element {
  const { commands, databranch, trans } = useLab();
  const branch = useModel(databranch).current;
  const run = (id: string): void => void commands.execute(id);
  return (
    <div className="jp-db-Panel-header">
      <h2>{trans.__('Data branches')}</h2>
      <IconButton icon={refreshIcon} label={trans.__('Refresh')} onClick={() => run(CommandIDs.refresh)} />
      <IconButton
        icon={fileUploadIcon}
        label={trans.__('Upload files')}
        disabled={!branch}
        onClick={() => run(CommandIDs.upload)}
      />
      <IconButton
        icon={addIcon}
        label={trans.__('Create branch')}
        disabled={!branch}
        onClick={() => run(CommandIDs.createBranch)}
      />
      <IconButton
        icon={launchIcon}
        label={trans.__('Open repository view')}
        disabled={!branch}
        onClick={() => run(CommandIDs.openRepository)}
      />
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('More actions')}
        hasPopup
        onClick={event =>
          openMenu(commands, event.currentTarget, [
            CommandIDs.uploadFolder,
            null,
            CommandIDs.compare,
            CommandIDs.merge,
            CommandIDs.discard,
            CommandIDs.undo,
            null,
            CommandIDs.createTag,
            CommandIDs.deleteBranch,
            null,
            CommandIDs.createRepository
          ])
        }
      />
    </div>
  );
}
