import { deleteIcon, downloadIcon, editIcon, fileUploadIcon, folderIcon } from '@jupyterlab/ui-components';
import { confirmLoss } from '../dialogs/confirm.js';
import type { BranchModel } from '../model/branch.js';
import { chooseFiles } from '../upload/files.js';
import type { CommandContext, Place } from './context.js';
import { attempt, branchOf, done, placeOf } from './context.js';
import { ABOUT_BRANCH, describe } from './describe.js';
import { CommandIDs } from './ids.js';

const ABOUT_OBJECT = {
  ...ABOUT_BRANCH,
  ref: 'Branch, tag or commit; the branch when absent',
  path: 'Path of the object'
};

/** Uploading, downloading, renaming and deleting objects. */
export function addObjectCommands(context: CommandContext): void {
  const { commands, trans, databranch } = context;

  for (const [id, what, label, caption, icon] of [
    [
      CommandIDs.upload,
      'files',
      trans.__('Upload Files…'),
      trans.__('Upload files to this branch'),
      fileUploadIcon
    ],
    [
      CommandIDs.uploadFolder,
      'folder',
      trans.__('Upload Folder…'),
      trans.__('Upload a folder with all in it to this branch'),
      folderIcon
    ]
  ] as const) {
    commands.addCommand(id, {
      label,
      caption,
      icon,
      describedBy: describe({ ...ABOUT_BRANCH, path: 'Folder to suggest' }),
      isEnabled: args => branchOf(context, args as Place) !== undefined,
      execute: async args => {
        const branch = branchOf(context, args as Place);
        if (branch) {
          const files = await chooseFiles(what);
          await attempt(context, trans.__('Nothing could be uploaded.'), async () => {
            const { uploadTo } = await import('../dialogs/dialogs.js');
            await uploadTo(context, branch, files, args.path as string | undefined);
          });
        }
      }
    });
  }

  commands.addCommand(CommandIDs.download, {
    label: trans.__('Download'),
    icon: downloadIcon,
    describedBy: describe(ABOUT_OBJECT, ['path']),
    execute: args => {
      const { repository, ref, branch, path } = placeOf(context, args as Place);
      if (repository && path) {
        const link = document.createElement('a');
        link.href = databranch.client.objects.address(repository, ref ?? branch ?? '', path);
        link.download = path.slice(path.lastIndexOf('/') + 1);
        link.click();
      }
    }
  });

  commands.addCommand(CommandIDs.renameObject, {
    label: trans.__('Rename…'),
    caption: trans.__('Give an object another path'),
    icon: editIcon,
    describedBy: describe({ ...ABOUT_BRANCH, path: ABOUT_OBJECT.path }, ['path']),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      const { path } = placeOf(context, args as Place);
      let renamed: string | null = null;
      if (branch && path) {
        await attempt(context, trans.__('%1 could not be renamed.', path), async () => {
          const { askRename } = await import('../dialogs/dialogs.js');
          renamed = await askRename(context, branch, path);
          if (renamed !== null) {
            done(context, trans.__('%1 is now %2.', path, renamed));
          }
        });
      }
      return renamed;
    }
  });

  commands.addCommand(CommandIDs.deleteObjects, {
    label: trans.__('Delete…'),
    icon: deleteIcon,
    describedBy: describe(
      { ...ABOUT_BRANCH, path: 'Path of the object, or of a folder with a slash at its end' },
      ['path']
    ),
    isEnabled: args => branchOf(context, args as Place) !== undefined,
    execute: async args => {
      const branch = branchOf(context, args as Place);
      const { path } = placeOf(context, args as Place);
      if (branch && path) {
        await deleteAt(context, branch, path);
      }
    }
  });
}

async function deleteAt(context: CommandContext, branch: BranchModel, path: string): Promise<void> {
  const { trans } = context;
  const sure = await confirmLoss(context, {
    title: path.endsWith('/')
      ? trans.__('Delete folder %1 with all in it on %2?', path, branch.name)
      : trans.__('Delete %1 on %2?', path, branch.name),
    body: trans.__('Until it is committed, the deletion can be discarded again.'),
    accept: trans.__('Delete')
  });
  if (sure) {
    await attempt(context, trans.__('Deleting %1 failed.', path), async () => {
      const count = await branch.deleteObjects(path);
      done(
        context,
        path.endsWith('/')
          ? trans._n('%1 object deleted in %2.', '%1 objects deleted in %2.', count, path)
          : trans.__('%1 deleted on %2.', path, branch.name)
      );
    });
  }
}
