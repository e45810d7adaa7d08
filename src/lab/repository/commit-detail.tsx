import { closeIcon, copyIcon } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { useMemo } from 'react';
import type { Commit } from '../../protocol/lakefs.js';
import { DiffList } from '../changes/diff-list.js';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { useLab } from '../context.js';
import { formatTime, shortId } from '../format.js';
import { Listing } from '../model/listing.js';
import type { RepositoryModel } from '../model/repository.js';
import { MetadataList } from './metadata-list.js';
import type { ViewPlace } from './place.js';
import { useReading } from './use-reading.js';

/** One commit: who, when, what with, and what it changed against its first parent. */
export function CommitDetail(props: {
  repository: RepositoryModel;
  commit: Commit;
  /** The branch whose commits are shown; undefined when it is a tag's or another commit's history. */
  branch: string | undefined;
  go(change: Partial<ViewPlace>): void;
}): JSX.Element {
  const { commands, trans } = useLab();
  const { repository, commit, branch, go } = props;
  const [parent] = commit.parents;
  const about = { repository: repository.name, commit: commit.id };
  const onBranch = { ...about, ...(branch && { branch }) };
  const actions: [label: string, command: string, args: ReadonlyJSONObject][] = [
    ...(parent
      ? ([
          [trans.__('Revert …'), CommandIDs.revert, onBranch],
          [trans.__('Cherry-pick …'), CommandIDs.cherryPick, about]
        ] as [string, string, ReadonlyJSONObject][])
      : []),
    [trans.__('Branch from here …'), CommandIDs.createBranch, { ...about, source: commit.id }],
    [trans.__('Tag …'), CommandIDs.createTag, about]
  ];
  return (
    <section className="jp-db-Detail" aria-label={trans.__('Commit %1', shortId(commit.id))}>
      <div className="jp-db-Detail-title">
        <h3>{commit.message}</h3>
        <IconButton icon={closeIcon} label={trans.__('Close')} onClick={() => go({ commit: undefined })} />
      </div>
      <p className="jp-db-Muted">
        {trans.__('%1 by %2', formatTime(commit.creation_date), commit.committer)} ·{' '}
        <code>{shortId(commit.id)}</code>
        <IconButton
          icon={copyIcon}
          label={trans.__('Copy commit id')}
          onClick={() => void commands.execute(CommandIDs.copyCommit, about)}
        />
      </p>
      <MetadataList metadata={commit.metadata} />
      <div className="jp-db-Actions">
        {actions.map(([label, command, args]) => (
          <Button key={command} onClick={() => void commands.execute(command, args)}>
            {label}
          </Button>
        ))}
        {parent && (
          <Button onClick={() => go({ tab: 'compare', left: parent, right: commit.id })}>
            {trans.__('Compare with parent')}
          </Button>
        )}
      </div>
      {parent && <Changes repository={repository} left={parent} right={commit.id} />}
    </section>
  );
}

function Changes(props: { repository: RepositoryModel; left: string; right: string }): JSX.Element {
  const { trans } = useLab();
  const { repository, left, right } = props;
  const listing = useReading(
    repository,
    useMemo(
      () => new Listing(page => repository.client.diff(repository.name, left, right, page)),
      [repository, left, right]
    )
  );
  return (
    <Listed
      listing={listing}
      failed={trans.__('Changes could not be listed.')}
      empty={<Empty title={trans.__('This commit changed no object')} />}
    >
      <DiffList listing={listing} />
    </Listed>
  );
}
