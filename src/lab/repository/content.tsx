import type { KeyboardEvent } from 'react';
import { useEffect, useId } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CompareTab } from '../compare/compare.js';
import { NoticeLine } from '../controls/notice-line.js';
import { Failure } from '../controls/message.js';
import { useLab, useModel } from '../context.js';
import { formatCount } from '../format.js';
import type { RepositoryModel } from '../model/repository.js';
import { UploadStrip } from '../upload/upload-strip.js';
import { BranchesTab } from './branches.js';
import { ChangesTab } from './changes.js';
import { CommitsTab } from './commits.js';
import { ObjectsTab } from './objects.js';
import { OperationsTab } from './operations.js';
import type { RepositoryTab, ViewPlace } from './place.js';
import { REPOSITORY_TABS } from './place.js';
import { SettingsTab } from './settings.js';
import { TagsTab } from './tags.js';
import { ShownContext } from './use-branch.js';
import type { ViewState } from './view.js';

/** What each tab gets. */
export interface TabProps {
  repository: RepositoryModel;
  /** The repository's default branch. */
  defaultBranch: string;
  place: ViewPlace;
  go(change: Partial<ViewPlace>): void;
}

const TABS: Record<RepositoryTab, (props: TabProps) => JSX.Element> = {
  objects: ObjectsTab,
  changes: ChangesTab,
  commits: CommitsTab,
  branches: BranchesTab,
  tags: TagsTab,
  compare: CompareTab,
  operations: OperationsTab,
  settings: SettingsTab
};

function labelOf(tab: RepositoryTab, trans: TranslationBundle): string {
  switch (tab) {
    case 'objects':
      return trans.__('Objects');
    case 'changes':
      return trans.__('Uncommitted Changes');
    case 'commits':
      return trans.__('Commits');
    case 'branches':
      return trans.__('Branches');
    case 'tags':
      return trans.__('Tags');
    case 'compare':
      return trans.__('Compare');
    case 'operations':
      return trans.__('Operations');
    case 'settings':
      return trans.__('Settings');
  }
}

/** The tabs, and the one that is chosen. */
export function RepositoryContent({ state }: { state: ViewState }): JSX.Element {
  const { databranch, trans } = useLab();
  const { place, isShown } = useModel(state);
  const repository = databranch.repository(place.repository);
  const facts = useModel(repository.facts);
  useEffect(() => facts.want(), [facts]);
  const ids = useId();
  const Tab = TABS[place.tab];
  const go = (change: Partial<ViewPlace>): void => state.go(change);
  return (
    <ShownContext.Provider value={isShown}>
      <div className="jp-db-Repository-content">
        <TabList
          ids={ids}
          chosen={place.tab}
          onChoose={tab => go({ tab })}
          uncommitted={useUncommitted(repository, place)}
        />
        <NoticeLine />
        <UploadStrip />
        <div
          className="jp-db-Repository-tab"
          role="tabpanel"
          id={`${ids}-panel`}
          aria-labelledby={`${ids}-${place.tab}`}
        >
          {facts.value ? (
            <Tab repository={repository} defaultBranch={facts.value.default_branch} place={place} go={go} />
          ) : (
            facts.error && (
              <Failure
                title={trans.__('%1 could not be read.', place.repository)}
                error={facts.error}
                onRetry={() => void facts.refresh()}
              />
            )
          )}
        </div>
      </div>
    </ShownContext.Provider>
  );
}

/** As far as it is known: a branch that nobody follows is not asked for the sake of a number. */
function useUncommitted(repository: RepositoryModel, { ref, right }: ViewPlace): number {
  const branch = ref ?? right;
  const state = useModel(branch === undefined ? null : repository.branch(branch).state);
  return state?.value?.uncommitted ?? 0;
}

function TabList(props: {
  ids: string;
  chosen: RepositoryTab;
  onChoose(tab: RepositoryTab): void;
  /** Uncommitted changes on the branch that is shown. */
  uncommitted: number;
}): JSX.Element {
  const { trans } = useLab();
  const { ids, chosen, onChoose, uncommitted } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const count = REPOSITORY_TABS.length;
      const next = REPOSITORY_TABS[(REPOSITORY_TABS.indexOf(chosen) + step + count) % count]!;
      onChoose(next);
      document.getElementById(`${ids}-${next}`)?.focus();
    }
  };
  return (
    <div className="jp-db-Tabs" role="tablist" aria-label={trans.__('Repository')} onKeyDown={onKeyDown}>
      {REPOSITORY_TABS.map(tab => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`${ids}-${tab}`}
          aria-selected={tab === chosen}
          aria-controls={tab === chosen ? `${ids}-panel` : undefined}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {labelOf(tab, trans)}
          {tab === 'changes' && (
            // Its room is there without it, too: tabs that follow stay where they are.
            <span className="jp-db-Tabs-count">
              {uncommitted > 0 && <span className="jp-db-Chip jp-mod-info">{formatCount(uncommitted)}</span>}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
