import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon, deleteIcon, downloadIcon, fileUploadIcon } from '@jupyterlab/ui-components';
import { confirmLoss } from '../dialogs/confirm.js';
import { uploadTo } from '../upload/ask-upload.js';
import { chooseFiles } from '../upload/files.js';
import type { CommandContext, Place } from './context.js';
import { attempt, branchOf, done, placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';

/** Uploading, downloading, deleting objects, and copying their paths. */
export function addObjectCommands(context: CommandContext): void {
  const { commands, trans, databranch } = context;
  const aboutObject = {
    ...ABOUT_BRANCH,
    ref: 'Branch, tag or commit; the branch when absent',
    path: 'Path of the object'
  };

  commands.addCommand(CommandIDs.upload, {
    label: trans.__('Upload Files…'),
    caption: trans.__('Upload files to this branch'),
    icon: fileUploadIcon,
    describedBy: describe({ ...ABOUT_BRANCH, path: 'Folder to suggest' }),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      if (branch) {
        await uploadTo(context, branch, await chooseFiles(), args.path as string | undefined);
      }
    }
  });

  commands.addCommand(CommandIDs.download, {
    label: trans.__('Download'),
    icon: downloadIcon,
    describedBy: describe(aboutObject, ['path']),
    execute: args => {
      const { repository, ref, branch, path } = placeOf(context, args as Place);
      if (repository && path) {
        const link = document.createElement('a');
        link.href = databranch.client.downloadAddress(repository, ref ?? branch ?? '', path);
        link.download = path.slice(path.lastIndexOf('/') + 1);
        link.click();
      }
    }
  });

  commands.addCommand(CommandIDs.deleteObjects, {
    label: trans.__('Delete…'),
    icon: deleteIcon,
    describedBy: describe(aboutObject, ['path']),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      const { path } = placeOf(context, args as Place);
      if (!branch || !path) {
        return;
      }
      const sure = await confirmLoss(context, {
        title: trans.__('Delete %1 on %2?', path, branch.name),
        body: trans.__('Until it is committed, the deletion can be discarded again.'),
        accept: trans.__('Delete')
      });
      if (sure) {
        await attempt(context, trans.__('Deleting %1 failed.', path), async () => {
          await branch.deleteObject(path);
          done(context, trans.__('%1 deleted on %2.', path, branch.name));
        });
      }
    }
  });

  commands.addCommand(CommandIDs.copyPath, {
    label: trans.__('Copy Path for Spark and S3'),
    caption: trans.__('Copy the path as s3a://repository/branch/path'),
    icon: copyIcon,
    describedBy: describe(aboutObject),
    execute: args => {
      const { repository, ref, branch, path = '' } = placeOf(context, args as Place);
      Clipboard.copyToSystem(`s3a://${repository}/${ref ?? branch}/${path}`);
      context.say(trans.__('Path copied.'));
    }
  });
}
