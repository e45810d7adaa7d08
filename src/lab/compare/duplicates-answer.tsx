import { useLab, useModel } from '../context.js';
import { asSentence } from '../format.js';
import type { BranchModel } from '../model/branch.js';
import type { DuplicateQuestion } from '../model/duplicate-question.js';
import { DuplicatesFound } from '../rows/duplicates-found.js';
import { Answer } from './answer.js';
import { DiscardCopies } from './discard-copies.js';
import { KeyColumns } from './key-columns.js';

/** The rows that are there more than once: how many, how many of them newly, which, and in which files. */
export function DuplicatesAnswer(props: {
  question: DuplicateQuestion;
  left: string;
  right: string;
  rightBranch: BranchModel | null | undefined;
  onAsk(): void;
}): JSX.Element {
  const { trans } = useLab();
  const { left, right } = props;
  const { found, keys, columns } = useModel(props.question);
  const { value } = found;
  const isNew = (value?.added_duplicate_rows ?? value?.duplicate_rows ?? 0) > 0;
  const gone = trans.__('%1 has no such data set any more.', right);
  return (
    <Answer
      question={found}
      title={trans.__('Duplicates')}
      sentence={value === null ? gone : value && asSentence(value.message)}
      tone={isNew ? 'warn' : 'muted'}
      show={trans.__('Show duplicates')}
      hide={trans.__('Hide duplicates')}
      onAsk={props.onAsk}
      busy={trans.__('Counting duplicates …')}
      failed={trans.__('Duplicates could not be counted.')}
      actions={
        value &&
        props.rightBranch && <DiscardCopies groups={value.identical_files} branch={props.rightBranch} />
      }
    >
      {value && (
        <>
          {columns.length > 0 && (
            <KeyColumns
              columns={columns}
              chosen={keys}
              onChoose={chosen => props.question.setKeys(chosen)}
              hint={trans.__('Rows with the same key are duplicates, whatever else differs in them.')}
              apply={trans.__('Count by these')}
            />
          )}
          <DuplicatesFound found={value} left={left} right={right} trans={trans} />
        </>
      )}
    </Answer>
  );
}
