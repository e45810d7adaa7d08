import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { TextField } from '../dialogs/field.js';
import type { FormProps } from '../dialogs/form-dialog.js';
import { askForm } from '../dialogs/form-dialog.js';
import { formatBytes } from '../format.js';
import type { BranchModel } from '../model/branch.js';
import type { FileToUpload } from '../model/uploads.js';

interface PlannedUpload {
  files: readonly FileToUpload[];
  folder: string;
}

/** Files listed by name before they are uploaded. */
const FILES_SHOWN = 8;

/** Asks for the folder, then uploads in the background; the panel shows how it goes. */
export async function uploadTo(
  lab: Lab,
  branch: BranchModel,
  files: readonly FileToUpload[],
  folder = ''
): Promise<void> {
  if (files.length === 0) {
    return;
  }
  const { trans } = lab;
  await askForm<PlannedUpload>(lab, {
    title: trans.__('Upload to %1', branch.name),
    accept: trans.__('Upload'),
    initial: { files, folder },
    Form: UploadForm,
    submit: async value => {
      void send(lab, branch, value);
    }
  });
}

async function send(lab: Lab, branch: BranchModel, { files, folder }: PlannedUpload): Promise<void> {
  const { databranch, trans, say } = lab;
  const prefix = prefixOf(folder);
  const sent = await databranch.uploads.add(
    branch,
    files.map(({ path, file }) => ({ path: prefix + path, file }))
  );
  const failed = sent.filter(({ state }) => state === 'failed').length;
  const done = sent.filter(({ state }) => state === 'done').length;
  say(
    failed > 0
      ? trans._n('%1 file was not uploaded.', '%1 files were not uploaded.', failed)
      : trans._n('%1 file uploaded.', '%1 files uploaded.', done)
  );
}

/** What a user types as folder → what paths begin with: no leading slash, one at the end. */
function prefixOf(folder: string): string {
  const trimmed = folder.trim().replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `${trimmed}/`;
}

function UploadForm({ value, onChange }: FormProps<PlannedUpload>): JSX.Element {
  const { trans } = useLab();
  const { files, folder } = value;
  return (
    <>
      <TextField
        label={trans.__('Folder')}
        value={folder}
        onChange={changed => onChange({ folder: changed })}
        placeholder={trans.__('top of the branch')}
        hint={trans.__('Files of one folder and one format are read together as one data set.')}
      />
      <ul className="jp-db-FileList" aria-label={trans.__('Files to upload')}>
        {files.slice(0, FILES_SHOWN).map(({ path, file }) => (
          <li key={path}>
            <span>
              {prefixOf(folder)}
              {path}
            </span>
            <span className="jp-db-Muted">{formatBytes(file.size)}</span>
          </li>
        ))}
        {files.length > FILES_SHOWN && <li>{trans.__('and %1 more', files.length - FILES_SHOWN)}</li>}
      </ul>
    </>
  );
}
