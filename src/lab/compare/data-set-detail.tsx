import type { DataSetComparison } from '../../protocol/databranch.js';
import { Button } from '../controls/button.js';
import { useLab } from '../context.js';
import { showPath } from '../format.js';
import { ColumnsAnswer } from './columns-answer.js';
import { DuplicatesAnswer } from './duplicates-answer.js';
import { Origin } from './origin.js';
import { PartsAnswer } from './parts-answer.js';
import { RowDiffAnswer } from './row-diff-answer.js';
import type { ComparedRefs, Questions } from './use-questions.js';

/** One data set looked at closely: what happened to its rows, and where it came from. */
export function DataSetDetail(
  props: ComparedRefs & {
    comparison: DataSetComparison;
    questions: Questions;
    /** Called when something is asked about its rows: then it is this data set that the person looks at. */
    onAsk(): void;
  }
): JSX.Element {
  const { trans } = useLab();
  const { onAsk, left, right, comparison, repository } = props;
  const { sides, rows } = props.questions;
  return (
    <>
      <div className="jp-db-Head">
        <h2>
          {trans.__('What happened to the rows')}{' '}
          <span className="jp-db-Muted">{showPath(comparison.path)}</span>
        </h2>
        {rows.isOutdated && (
          <p className="jp-db-Head-note" role="status">
            {trans.__('A side has changed since this was read.')}{' '}
            <Button kind="link" onClick={() => rows.askAgain()}>
              {trans.__('Read again')}
            </Button>
          </p>
        )}
      </div>
      <div className="jp-db-Answers">
        <PartsAnswer
          parts={rows.parts}
          path={comparison.right_path ?? comparison.path}
          {...{ left, right, onAsk }}
        />
        <RowDiffAnswer diff={rows.diff} sides={sides} client={repository.client.rows} onAsk={onAsk} />
        {comparison.right_path !== null && (
          <DuplicatesAnswer
            question={rows.duplicates}
            {...{ left, right, onAsk }}
            rightBranch={props.rightBranch}
          />
        )}
        <ColumnsAnswer question={rows.columns} onAsk={onAsk} onFiles={files => rows.setColumnFiles(files)} />
      </div>
      <Origin {...props} />
    </>
  );
}
