import type { ReactNode } from 'react';
import { useMemo } from 'react';
import type { DataSetComparison } from '../../protocol/databranch.js';
import type { Client } from '../client/client.js';
import { DiffList } from '../changes/diff-list.js';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { Picker } from '../controls/picker.js';
import { searchRefs } from '../controls/refs.js';
import { useLab } from '../context.js';
import { formatCount } from '../format.js';
import { branchIcon } from '../icons.js';
import { Listing } from '../model/listing.js';
import type { RepositoryModel } from '../model/repository.js';
import type { TabProps } from '../repository/content.js';
import { useBranch } from '../repository/use-branch.js';
import { useReading } from '../repository/use-reading.js';
import { ComparisonTable, keyOf } from '../rows/comparison-table.js';
import { FindingBanner } from '../rows/finding-banner.js';
import { uncommittedIn, uncommittedSentence } from '../rows/uncommitted.js';
import { isTelling, toneOf } from '../rows/verdict.js';
import { DataSetDetail } from './data-set-detail.js';
import { useQuestions } from './use-questions.js';

/** Data sets read at a time. */
const DATA_SETS_AT_ONCE = 50;

/** Two refs side by side: rows per data set, objects, and the merge of one into the other. */
export function CompareTab({ repository, defaultBranch, place, go }: TabProps): JSX.Element {
  const { databranch, trans } = useLab();
  const current = databranch.current?.repository === repository ? databranch.current.name : undefined;
  const left = place.left ?? defaultBranch;
  const right = place.right ?? current ?? defaultBranch;
  const compare = (base: string, other: string): void => go({ left: base, right: other, dataSet: undefined });
  const search = searchRefs(repository.client, repository.name, trans);
  return (
    <div className="jp-db-Tab jp-mod-scrolls">
      <div className="jp-db-Tab-bar">
        <Picker
          label={trans.__('Base')}
          icon={branchIcon}
          value={left}
          placeholder={trans.__('Choose a ref')}
          search={search}
          onPick={picked => compare(picked, right)}
        />
        <span className="jp-db-Muted" aria-hidden>
          ←
        </span>
        <Picker
          label={trans.__('Compared with it')}
          icon={branchIcon}
          value={right}
          placeholder={trans.__('Choose a ref')}
          search={search}
          onPick={picked => compare(left, picked)}
        />
        {left !== right && <Button onClick={() => compare(right, left)}>{trans.__('Swap')}</Button>}
        <span className="jp-db-Spacer" />
        {left !== right && <MergeButton repository={repository.name} left={left} right={right} />}
      </div>
      {left === right ? (
        <Empty title={trans.__('%1 is the same on both sides', left)}>
          {trans.__('Choose the branch, tag or commit to compare above.')}
        </Empty>
      ) : (
        <Comparison
          key={`${left}...${right}`}
          {...{ repository, left, right }}
          chosen={place.dataSet}
          onChoose={dataSet => go({ dataSet })}
        />
      )}
    </div>
  );
}

function MergeButton(props: { repository: string; left: string; right: string }): JSX.Element {
  const { commands, trans } = useLab();
  const { repository, left, right } = props;
  return (
    <Button
      kind="primary"
      onClick={() =>
        void commands.execute(CommandIDs.merge, { repository, source: right, destination: left })
      }
    >
      {trans.__('Merge into %1 …', left)}
    </Button>
  );
}

function Comparison(props: {
  repository: RepositoryModel;
  left: string;
  right: string;
  /** Key of the data set that is looked at closely, see `ViewPlace.dataSet`. */
  chosen: string | undefined;
  onChoose(key: string): void;
}): JSX.Element {
  const { trans } = useLab();
  const { repository, left, right, onChoose } = props;
  const { client, name } = repository;
  const leftBranch = useBranch(repository, left);
  const rightBranch = useBranch(repository, right);
  const rows = useReading(
    repository,
    useMemo(() => rowsOf(client, name, left, right), [client, name, left, right]),
    leftBranch,
    rightBranch
  );
  const objects = useReading(
    repository,
    useMemo(() => new Listing(page => client.diff(name, left, right, page)), [client, name, left, right]),
    leftBranch,
    rightBranch
  );
  const chosen = chosenOf(rows.items, props.chosen);
  const refs = { repository, left, right, leftBranch, rightBranch };
  const questions = useQuestions(refs, chosen);
  const uncommitted = rightBranch?.state.value?.uncommitted ?? 0;
  const number = formatCount(objects.items.length, objects.hasMore);
  return (
    <>
      <FindingBanner
        datasets={rows.items}
        trans={trans}
        isCommitted={uncommitted === 0}
        duplicates={questions?.rows.duplicates.found.value}
      />
      {uncommittedIn(leftBranch?.state.value).map(found => (
        <UncommittedHint key={left} repository={name} branch={left}>
          {uncommittedSentence(found, trans)}
        </UncommittedHint>
      ))}
      {uncommitted > 0 && (
        <UncommittedHint repository={name} branch={right}>
          {trans._n(
            '%1 uncommitted change on %2 is counted in the rows below, but a merge takes only what is committed.',
            '%1 uncommitted changes on %2 are counted in the rows below, but a merge takes only what is committed.',
            uncommitted,
            right
          )}
        </UncommittedHint>
      )}
      <h2>{trans.__('Rows')}</h2>
      <Listed
        listing={rows}
        failed={trans.__('Rows could not be compared.')}
        empty={<p className="jp-db-Muted">{trans.__('Neither side has data sets.')}</p>}
      >
        <ComparisonTable
          datasets={rows.items}
          {...{ left, right, trans, onChoose }}
          chosen={chosen && keyOf(chosen)}
        />
        {rows.hasMore && <Button onClick={() => void rows.more()}>{trans.__('Show more data sets')}</Button>}
      </Listed>
      {chosen && questions && (
        <DataSetDetail
          key={keyOf(chosen)}
          comparison={chosen}
          questions={questions}
          {...refs}
          onAsk={() => onChoose(keyOf(chosen))}
        />
      )}
      <h2>
        {trans.__('Objects')}{' '}
        {objects.loaded && <span className="jp-db-Muted">{trans.__('%1 changed', number)}</span>}
      </h2>
      <Listed
        listing={objects}
        failed={trans.__('Objects could not be compared.')}
        empty={
          <p className="jp-db-Muted">{trans.__('%1 has no committed change that %2 lacks.', right, left)}</p>
        }
      >
        <DiffList listing={objects} />
      </Listed>
    </>
  );
}

/** The data set that is looked at closely: the one that was chosen, or the first that a merge should wait for. */
function chosenOf(datasets: readonly DataSetComparison[], key?: string): DataSetComparison | undefined {
  return key === ''
    ? undefined
    : (datasets.find(one => keyOf(one) === key) ??
        datasets.find(one => toneOf(one) === 'warn') ??
        datasets.find(isTelling));
}

/** Data sets of both sides, read page by page. */
function rowsOf(client: Client, repository: string, left: string, right: string): Listing<DataSetComparison> {
  return new Listing(async ({ after, amount, signal }, onProgress) => {
    const query = { path: '', after, amount };
    const found = await client.rows.compare(repository, left, right, query, signal, onProgress);
    const { datasets, pagination } = found;
    return { results: datasets, pagination };
  }, DATA_SETS_AT_ONCE);
}

/** Rows count what lies uncommitted on a branch: says so, and leads there. */
function UncommittedHint(props: { repository: string; branch: string; children: ReactNode }): JSX.Element {
  const { commands, trans } = useLab();
  const { repository, branch } = props;
  const open = (): void =>
    void commands.execute(CommandIDs.openRepository, { repository, tab: 'changes', ref: branch });
  return (
    <div className="jp-db-Banner jp-mod-muted" role="note">
      {props.children}{' '}
      <Button kind="link" label={trans.__('Show uncommitted changes on %1', branch)} onClick={open}>
        {trans.__('Show uncommitted changes')}
      </Button>
    </div>
  );
}
