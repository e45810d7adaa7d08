import type { ColumnsResult } from '../../protocol/databranch.js';
import { useLab, useModel } from '../context.js';
import { asSentence } from '../format.js';
import type { Resource } from '../model/resource.js';
import { ColumnsCaption, ColumnsTable, hasMoreNulls } from '../rows/columns-table.js';
import { Answer } from './answer.js';

/** The columns of a data set on both sides. */
export function ColumnsAnswer(props: {
  question: Resource<ColumnsResult>;
  onAsk(): void;
  /** Asks about the files that differ, or about all. */
  onFiles(files: ColumnsResult['files']): void;
}): JSX.Element {
  const { trans } = useLab();
  const question = useModel(props.question);
  const { value } = question;
  return (
    <Answer
      question={question}
      title={trans.__('Column statistics')}
      sentence={value && asSentence(value.message)}
      tone={value && hasMoreNulls(value) ? 'warn' : 'muted'}
      show={trans.__('Show column statistics')}
      hide={trans.__('Hide column statistics')}
      onAsk={props.onAsk}
      busy={trans.__('Reading columns …')}
      failed={trans.__('The columns could not be read.')}
    >
      {value && (
        <>
          <ColumnsCaption result={value} trans={trans} />
          <label className="jp-db-AllFiles">
            <input
              type="checkbox"
              checked={value.files === 'all'}
              onChange={({ target }) => props.onFiles(target.checked ? 'all' : 'changed')}
            />
            {trans.__('Of all files, not only of those that differ')}
          </label>
          <ColumnsTable result={value} trans={trans} />
        </>
      )}
    </Answer>
  );
}
