import { useMemo } from 'react';
import { PLACE_CLASS } from '../commands/context.js';
import { Glyph } from '../controls/glyph.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { Picker } from '../controls/picker.js';
import { searchRefs } from '../controls/refs.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { formatAgo, formatTime, shortId } from '../format.js';
import { branchIcon, commitIcon, mergeIcon } from '../icons.js';
import { Listing } from '../model/listing.js';
import { CommitDetail } from './commit-detail.js';
import type { TabProps } from './content.js';
import { useBranch } from './use-branch.js';
import { useReading } from './use-reading.js';

const ROW_HEIGHT = 44;

/** All commits of a ref, and the chosen one in detail. */
export function CommitsTab({ repository, defaultBranch, place, go }: TabProps): JSX.Element {
  const { trans } = useLab();
  const ref = place.ref ?? defaultBranch;
  const branch = useBranch(repository, ref);
  const listing = useReading(
    repository,
    useMemo(() => new Listing(page => repository.client.log(repository.name, ref, page)), [repository, ref]),
    branch
  );
  const chosen = useMemo(
    () => listing.items.find(({ id }) => id === place.commit),
    [listing.items, place.commit]
  );
  return (
    <div className="jp-db-Tab">
      <div className="jp-db-Tab-bar">
        <Picker
          label={trans.__('Branch, tag or commit')}
          icon={branchIcon}
          value={ref}
          placeholder={trans.__('Choose a ref')}
          search={searchRefs(repository.client, repository.name, trans)}
          onPick={picked => go({ ref: picked, commit: undefined })}
        />
      </div>
      <Listed
        listing={listing}
        failed={trans.__('Commits could not be listed.')}
        empty={<Empty title={trans.__('No commits')} />}
      >
        <div className="jp-db-Split">
          <Windowed
            items={listing.items}
            rowHeight={ROW_HEIGHT}
            role="list"
            label={trans.__('Commits')}
            className="jp-db-Grid"
            keyOf={commit => commit.id}
            onEnd={() => void listing.readAhead()}
            onRowKey={(event, commit) => {
              if (event.key === 'Enter') {
                go({ commit: commit.id });
              }
            }}
            rowProps={commit => ({
              className: `${PLACE_CLASS} jp-db-CommitRow jp-db-OfCommit ${commit.id === place.commit ? 'jp-mod-chosen' : ''}`,
              'aria-current': commit.id === place.commit ? true : undefined,
              'data-repository': repository.name,
              'data-commit': commit.id,
              ...(branch && { 'data-branch': branch.name }),
              onClick: () => go({ commit: commit.id })
            })}
            renderRow={commit => {
              const Icon = commit.parents.length > 1 ? mergeIcon : commitIcon;
              return (
                <>
                  <Glyph of={Icon} />
                  <span className="jp-db-HistoryRow-text">
                    <span className="jp-db-Row-name" title={commit.message}>
                      {commit.message}
                    </span>
                    <small title={formatTime(commit.creation_date)}>
                      {`${formatAgo(commit.creation_date)} · ${commit.committer}`}
                    </small>
                  </span>
                  <span className="jp-db-Cell jp-mod-id" title={commit.id}>
                    {shortId(commit.id)}
                  </span>
                </>
              );
            }}
          />
          {chosen && (
            <CommitDetail
              key={chosen.id}
              repository={repository}
              commit={chosen}
              branch={branch?.name}
              go={go}
            />
          )}
        </div>
      </Listed>
    </div>
  );
}
