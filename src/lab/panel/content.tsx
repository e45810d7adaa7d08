import '../../../style/views.js';
import { useState } from 'react';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { Busy, Empty } from '../controls/message.js';
import { NoticeLine } from '../controls/notice-line.js';
import { useLab, useModel } from '../context.js';
import { explain, isGone } from '../errors.js';
import type { BranchModel } from '../model/branch.js';
import { uploadTo } from '../upload/ask-upload.js';
import { bringsFiles, droppedFiles } from '../upload/files.js';
import { ChangesSection } from './changes.js';
import { DataSetsSection } from './data-sets.js';
import { PanelHeader } from './header.js';
import { HistorySection } from './history.js';
import { Pickers } from './pickers.js';
import { UploadStrip } from '../upload/upload-strip.js';

/** Everything in the side panel, from the title to the history. */
export function PanelContent(): JSX.Element {
  const lab = useLab();
  const { databranch } = lab;
  useModel(databranch);
  const branch = useModel(databranch.current);
  const [dropping, setDropping] = useState(false);

  return (
    <div
      className={`jp-db-Panel-content ${dropping ? 'jp-mod-dropping' : ''}`}
      onDragOver={event => {
        if (branch && bringsFiles(event.dataTransfer)) {
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
          setDropping(true);
        }
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
          setDropping(false);
        }
      }}
      onDrop={event => {
        setDropping(false);
        if (branch && bringsFiles(event.dataTransfer)) {
          event.preventDefault();
          void droppedFiles(event.dataTransfer).then(files => uploadTo(lab, branch, files));
        }
      }}
    >
      <PanelHeader />
      <Pickers />
      <NoticeLine />
      <UploadStrip />
      {branch ? (
        <BranchContent branch={branch} key={`${branch.repository.name}/${branch.name}`} />
      ) : (
        <Welcome />
      )}
      {dropping && branch && (
        <div className="jp-db-DropHint">{lab.trans.__('Drop to upload to %1', branch.name)}</div>
      )}
    </div>
  );
}

/** A branch's sections, or why it cannot be shown. */
function BranchContent({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const state = useModel(branch.state);
  useModel(branch.repository.facts);
  if (isGone(state.error)) {
    const repository = branch.repository.name;
    const fallback = branch.repository.facts.value?.default_branch;
    return (
      <Empty
        title={trans.__('%1 is not there any more', branch.name)}
        actions={
          fallback !== undefined &&
          fallback !== branch.name && (
            <Button
              kind="primary"
              onClick={() => void commands.execute(CommandIDs.select, { repository, branch: fallback })}
            >
              {trans.__('Switch to %1', fallback)}
            </Button>
          )
        }
      >
        {explain(state.error, trans)} {trans.__('Somebody may have deleted it. Choose another branch above.')}
      </Empty>
    );
  }
  return (
    <>
      {state.error && <Away error={state.error} onRetry={() => void branch.refresh()} />}
      <div className="jp-db-Panel-sections">
        <DataSetsSection branch={branch} />
        <ChangesSection branch={branch} />
        <HistorySection branch={branch} />
      </div>
    </>
  );
}

/** Says that the service does not answer; what was read before stays below. */
function Away({ error, onRetry }: { error: Error; onRetry(): void }): JSX.Element {
  const { trans } = useLab();
  return (
    <div className="jp-db-Notice jp-mod-warn" role="alert">
      <p>
        <strong>{trans.__('No connection to your data.')}</strong> {explain(error, trans)}
      </p>
      <Button onClick={onRetry}>{trans.__('Try again')}</Button>
    </div>
  );
}

/** What the panel shows while there is no branch to show. */
function Welcome(): JSX.Element {
  const { commands, databranch, trans } = useLab();
  const { loaded, error, items } = useModel(databranch.repositories);
  if (error) {
    return (
      <Empty
        title={trans.__('No connection to your data')}
        actions={
          <Button kind="primary" onClick={() => void databranch.connect()}>
            {trans.__('Try again')}
          </Button>
        }
      >
        {explain(error, trans)}
      </Empty>
    );
  }
  if (!loaded) {
    return <Busy>{trans.__('Starting the data service …')}</Busy>;
  }
  if (items.length > 0) {
    return <Empty title={trans.__('No repository chosen')}>{trans.__('Choose one above.')}</Empty>;
  }
  return (
    <Empty
      title={trans.__('No repository yet')}
      actions={
        <Button kind="primary" onClick={() => void commands.execute(CommandIDs.createRepository)}>
          {trans.__('Create repository')}
        </Button>
      }
    >
      {trans.__(
        'A repository keeps your data with all its branches and versions. Create one, then upload files.'
      )}
    </Empty>
  );
}
