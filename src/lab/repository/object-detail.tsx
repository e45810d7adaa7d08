import { closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useMemo } from 'react';
import type { ObjectStats } from '../../protocol/lakefs.js';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { openMenu } from '../controls/menu.js';
import { Busy, Failure } from '../controls/message.js';
import { useLab, useModel } from '../context.js';
import { formatBytes, formatTime } from '../format.js';
import type { BranchModel } from '../model/branch.js';
import type { RepositoryModel } from '../model/repository.js';
import { Resource } from '../model/resource.js';
import { ObjectPreview } from '../preview/preview.js';
import { SNIPPETS } from '../snippets/snippets.js';
import { MetadataList } from './metadata-list.js';

interface DetailProps {
  repository: RepositoryModel;
  /** The ref on which it is shown. */
  reference: string;
  path: string;
  /** Path of another object with the same contents, where one is known. */
  sameAs?: string;
  /** The branch, where the ref is one: only there it can be changed. */
  branch: BranchModel | null | undefined;
  onClose(): void;
  /** Called when it got another path. */
  onRenamed(path: string): void;
}

/** One object: what is in it, its facts, and what one does with it. */
export function ObjectDetail(props: DetailProps): JSX.Element {
  const { trans } = useLab();
  const { repository, reference, path, branch } = props;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const stat = useModel(
    useMemo(
      () => new Resource(signal => repository.client.objects.stat(repository.name, reference, path, signal)),
      [repository, reference, path]
    )
  );
  useEffect(() => {
    const refresh = (): void => void stat.refresh();
    refresh();
    branch?.moved.connect(refresh);
    return () => void branch?.moved.disconnect(refresh);
  }, [stat, branch]);
  useEffect(() => () => stat.dispose(), [stat]);
  return (
    <section className="jp-db-Detail" aria-label={trans.__('Object %1', name)}>
      <div className="jp-db-Detail-title">
        <h3>{name}</h3>
        <IconButton icon={closeIcon} label={trans.__('Close')} onClick={props.onClose} />
      </div>
      {stat.error ? (
        <Failure
          title={trans.__('The object could not be read.')}
          error={stat.error}
          onRetry={() => void stat.refresh()}
        />
      ) : stat.value ? (
        <Facts {...props} object={stat.value} />
      ) : (
        <Busy>{trans.__('Reading …')}</Busy>
      )}
    </section>
  );
}

function Facts(props: DetailProps & { object: ObjectStats }): JSX.Element {
  const { repository, reference, object, branch } = props;
  const { commands, trans } = useLab();
  const about = { repository: repository.name, ref: reference, path: object.path };
  const onBranch = { repository: repository.name, branch: reference, path: object.path };
  const rename = async (): Promise<void> => {
    const path: unknown = await commands.execute(CommandIDs.renameObject, onBranch);
    if (typeof path === 'string') {
      props.onRenamed(path);
    }
  };
  return (
    <>
      <p className="jp-db-Muted">
        {[
          formatBytes(object.size_bytes ?? 0),
          trans.__('modified %1', formatTime(object.mtime)),
          ...(hasType(object) ? [object.content_type] : []),
          ...(props.sameAs === undefined ? [] : [trans.__('same content as %1', props.sameAs)])
        ].join(' · ')}
      </p>
      <div className="jp-db-Actions">
        <Button onClick={() => void commands.execute(CommandIDs.download, about)}>
          {trans.__('Download')}
        </Button>
        <Button
          hasPopup
          onClick={event =>
            openMenu(
              commands,
              event.currentTarget,
              SNIPPETS.map(form => ({ command: CommandIDs.copyPath, args: { ...about, form } }))
            )
          }
        >
          {trans.__('Copy path as …')}
        </Button>
        {branch && (
          <>
            <Button onClick={() => void rename()}>{trans.__('Rename …')}</Button>
            <Button onClick={() => void commands.execute(CommandIDs.deleteObjects, onBranch)}>
              {trans.__('Delete …')}
            </Button>
          </>
        )}
      </div>
      <MetadataList metadata={object.metadata} />
      <div className="jp-db-Preview">
        <ObjectPreview repository={repository} reference={reference} object={object} />
      </div>
    </>
  );
}

/** Whether the type says more than that it is bytes. */
function hasType({ content_type: type }: ObjectStats): boolean {
  return type !== undefined && type !== '' && type !== 'application/octet-stream';
}
