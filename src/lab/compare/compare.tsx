import { useEffect, useMemo } from 'react';
import { DiffList } from '../changes/diff-list.js';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { Picker } from '../controls/picker.js';
import { searchRefs } from '../controls/refs.js';
import { useLab, useModel } from '../context.js';
import { formatCount } from '../format.js';
import { branchIcon } from '../icons.js';
import type { ComparisonModel } from '../model/comparison.js';
import type { TabProps } from '../repository/content.js';
import { ComparisonTable } from '../rows/comparison-table.js';
import { FindingBanner } from '../rows/finding-banner.js';

/** Two refs side by side: rows per data set, objects, and the merge of one into the other. */
export function CompareTab({ repository, defaultBranch, place, go }: TabProps): JSX.Element {
  const { databranch, trans } = useLab();
  const current = databranch.current?.repository === repository ? databranch.current.name : undefined;
  const left = place.left ?? defaultBranch;
  const right = place.right ?? current ?? defaultBranch;
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
          onPick={picked => go({ left: picked, right })}
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
          onPick={picked => go({ left, right: picked })}
        />
        {left !== right && (
          <Button onClick={() => go({ left: right, right: left })}>{trans.__('Swap')}</Button>
        )}
        <span className="jp-db-Spacer" />
        {left !== right && <MergeButton repository={repository.name} left={left} right={right} />}
      </div>
      {left === right ? (
        <Empty title={trans.__('%1 is the same on both sides', left)}>
          {trans.__('Choose the branch, tag or commit to compare above.')}
        </Empty>
      ) : (
        <Comparison key={`${left}...${right}`} {...{ repository, left, right }} />
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

function Comparison(props: { repository: TabProps['repository']; left: string; right: string }): JSX.Element {
  const { trans } = useLab();
  const { repository, left, right } = props;
  const model = useModel(useMemo(() => repository.comparison(left, right), [repository, left, right]));
  const rows = useModel(model.rows);
  const objects = useModel(model.objects);
  useEffect(() => {
    void model.open();
    return () => model.dispose();
  }, [model]);
  const number = formatCount(objects.items.length) + (objects.hasMore ? '+' : '');
  return (
    <>
      <FindingBanner
        datasets={rows.items}
        trans={trans}
        isCommitted={!model.rightBranch?.state.value?.uncommitted}
      />
      <UncommittedHint model={model} />
      <h2>{trans.__('Rows')}</h2>
      <Listed
        listing={rows}
        failed={trans.__('Rows could not be compared.')}
        empty={<p className="jp-db-Muted">{trans.__('Neither side has data sets.')}</p>}
      >
        <ComparisonTable datasets={rows.items} left={left} right={right} trans={trans} />
        {rows.hasMore && <Button onClick={() => void rows.more()}>{trans.__('Show more data sets')}</Button>}
      </Listed>
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

/** Rows count what lies uncommitted on a branch; a merge does not take it. */
function UncommittedHint({ model }: { model: ComparisonModel }): JSX.Element | null {
  const { commands, trans } = useLab();
  const count = model.rightBranch?.state.value?.uncommitted ?? 0;
  return count === 0 ? null : (
    <div className="jp-db-Banner jp-mod-muted" role="note">
      {trans._n(
        '%1 uncommitted change on %2 is counted in the rows below, but a merge takes only what is committed.',
        '%1 uncommitted changes on %2 are counted in the rows below, but a merge takes only what is committed.',
        count,
        model.right
      )}{' '}
      <Button
        kind="link"
        onClick={() =>
          void commands.execute(CommandIDs.openRepository, {
            repository: model.repository.name,
            tab: 'changes',
            ref: model.right
          })
        }
      >
        {trans.__('Show uncommitted changes')}
      </Button>
    </div>
  );
}
