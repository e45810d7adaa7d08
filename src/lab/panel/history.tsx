import { historyIcon, undoIcon } from '@jupyterlab/ui-components';
import { useEffect } from 'react';
import type { Commit } from '../../protocol/lakefs.js';
import { PLACE_CLASS } from '../commands/context.js';
import { CommandIDs } from '../commands/ids.js';
import { IconButton } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Section } from '../controls/section.js';
import { Windowed } from '../controls/windowed.js';
import { useLab, useModel } from '../context.js';
import { formatAgo, formatTime } from '../format.js';
import type { BranchModel } from '../model/branch.js';

const ROW_HEIGHT = 40;

/** The branch's commits as a line of dots: those that the base has not in the colour of the branch. */
export function HistorySection({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const about = { repository: branch.repository.name, branch: branch.name };
  return (
    <Section
      id="history"
      title={trans.__('History')}
      grows
      actions={
        <>
          <IconButton
            icon={undoIcon}
            label={trans.__('Undo last operation')}
            onClick={() => void commands.execute(CommandIDs.undo, about)}
          />
          <IconButton
            icon={historyIcon}
            label={trans.__('Show operations')}
            onClick={() => void commands.execute(CommandIDs.openRepository, { ...about, tab: 'operations' })}
          />
        </>
      }
    >
      <History branch={branch} />
    </Section>
  );
}

function History({ branch }: { branch: BranchModel }): JSX.Element {
  const { commands, trans } = useLab();
  const log = useModel(branch.log);
  const ahead = useModel(branch.distance).value?.ahead ?? 0;
  useEffect(() => log.want(), [log]);
  const repository = branch.repository.name;
  const open = (commit: Commit): void =>
    void commands.execute(CommandIDs.openRepository, {
      repository,
      tab: 'commits',
      ref: branch.name,
      commit: commit.id
    });
  const indexOf = new Map(log.items.map((commit, index) => [commit.id, index]));
  return (
    <Listed listing={log} failed={trans.__('The history could not be read.')} empty={null}>
      <Windowed
        items={log.items}
        rowHeight={ROW_HEIGHT}
        role="list"
        label={trans.__('Commits')}
        className="jp-db-History"
        keyOf={commit => commit.id}
        onEnd={() => void log.readAhead()}
        onRowKey={(event, commit) => {
          if (event.key === 'Enter') {
            open(commit);
          }
        }}
        rowProps={commit => ({
          className: `${PLACE_CLASS} jp-db-HistoryRow jp-db-OfCommit`,
          'data-repository': repository,
          'data-commit': commit.id,
          onClick: () => open(commit)
        })}
        renderRow={commit => {
          const index = indexOf.get(commit.id)!;
          return (
            <>
              <Dot
                own={index < ahead}
                merge={commit.parents.length > 1}
                first={index === 0}
                last={commit.parents.length === 0}
              />
              <span className="jp-db-HistoryRow-text">
                <span className="jp-db-Row-name" title={commit.message}>
                  {commit.message}
                </span>
                <small className="jp-db-Row-name" title={formatTime(commit.creation_date)}>
                  {[formatAgo(commit.creation_date), ...notesOf(commit)].join(' · ')}
                </small>
              </span>
            </>
          );
        }}
      />
    </Listed>
  );
}

/** A commit's metadata in a few words; names that begin with a dot are for machines. */
function notesOf({ metadata = {} }: Commit): string[] {
  return Object.entries(metadata)
    .filter(([key]) => !key.startsWith('.'))
    .map(([key, value]) => `${key}: ${value}`);
}

/** A commit on the line: filled, or a ring for a merge. */
function Dot(props: { own: boolean; merge: boolean; first: boolean; last: boolean }): JSX.Element {
  const middle = 13;
  return (
    <svg
      className={`jp-db-Dot ${props.own ? 'jp-mod-own' : ''} ${props.merge ? 'jp-mod-merge' : ''}`}
      width="18"
      height={ROW_HEIGHT}
      aria-hidden
    >
      <line x1="9" x2="9" y1={props.first ? middle : 0} y2={props.last ? middle : ROW_HEIGHT} />
      <circle cx="9" cy={middle} r="4" />
    </svg>
  );
}
