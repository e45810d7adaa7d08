import { useEffect, useMemo } from 'react';
import type { DataSetComparison } from '../../protocol/databranch.js';
import type { DataSetSides } from '../client/rows.js';
import { Button } from '../controls/button.js';
import { useLab, useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import type { RepositoryModel } from '../model/repository.js';
import { RowQuestions } from '../model/row-questions.js';
import { AskButton } from './answer.js';
import { ColumnsAnswer } from './columns-answer.js';
import { DuplicatesAnswer } from './duplicates-answer.js';
import { Origin } from './origin.js';
import { RowDiffAnswer } from './row-diff-answer.js';

interface DetailProps {
  repository: RepositoryModel;
  left: string;
  right: string;
  leftBranch: BranchModel | null | undefined;
  rightBranch: BranchModel | null | undefined;
  comparison: DataSetComparison;
  /** Called when something is asked about its rows: then it is this data set that the person looks at. */
  onAsk(): void;
}

/** One data set looked at closely: where it came from, and what may be asked about its rows. */
export function DataSetDetail(props: DetailProps): JSX.Element {
  const { trans } = useLab();
  const { onAsk } = props;
  const sides = useSides(props);
  const questions = useQuestions(sides, props);
  const { diff, duplicates, columns } = questions;
  return (
    <>
      <Origin {...props} />
      <div className="jp-db-Questions" role="group" aria-label={trans.__('Look closer at %1', sides.path)}>
        <AskButton
          question={diff.lines}
          onAsk={onAsk}
          show={trans.__('Show rows')}
          hide={trans.__('Hide rows')}
        />
        {props.comparison.right_path !== null && (
          <AskButton
            question={duplicates}
            onAsk={onAsk}
            show={trans.__('Show duplicates')}
            hide={trans.__('Hide duplicates')}
          />
        )}
        <AskButton
          question={columns}
          onAsk={onAsk}
          show={trans.__('Show column statistics')}
          hide={trans.__('Hide column statistics')}
        />
      </div>
      {questions.isOutdated && (
        <p className="jp-db-Banner jp-mod-muted" role="status">
          {trans.__('A side has changed since this was read.')}{' '}
          <Button kind="link" onClick={() => questions.askAgain()}>
            {trans.__('Read again')}
          </Button>
        </p>
      )}
      <RowDiffAnswer diff={diff} sides={sides} client={props.repository.client} />
      <DuplicatesAnswer question={duplicates} left={props.left} right={props.right} />
      <ColumnsAnswer question={columns} onFiles={files => questions.setColumnFiles(files)} />
    </>
  );
}

function useSides({ repository, left, right, comparison }: DetailProps): DataSetSides {
  const { name } = repository;
  const { path, left_path, right_path } = comparison;
  return useMemo(() => {
    const sides = { repository: name, left, right, path };
    return left_path === null || right_path === null || left_path === right_path
      ? sides
      : { ...sides, left_path, right_path };
  }, [name, left, right, path, left_path, right_path]);
}

/** The questions, told when a side moves, and given up when the view goes. */
function useQuestions(sides: DataSetSides, props: DetailProps): RowQuestions {
  const { repository, leftBranch, rightBranch } = props;
  const { client } = repository;
  const format = props.comparison.right_format;
  const questions = useMemo(() => new RowQuestions(client, sides, format), [client, sides, format]);
  useEffect(() => {
    const moved = (): void => questions.sidesMoved();
    const signals = [repository.moved, leftBranch?.moved, rightBranch?.moved];
    signals.forEach(signal => signal?.connect(moved));
    return () => signals.forEach(signal => signal?.disconnect(moved));
  }, [questions, repository, leftBranch, rightBranch]);
  useEffect(() => () => questions.dispose(), [questions]);
  return useModel(questions);
}
