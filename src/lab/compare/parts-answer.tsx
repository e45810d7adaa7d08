import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '../controls/button.js';
import { Segmented } from '../controls/segmented.js';
import { useLab, useModel } from '../context.js';
import type { Parts } from '../model/parts.js';
import { ComparisonTable, nameBelow } from '../rows/comparison-table.js';
import { toneOf } from '../rows/verdict.js';
import { Answer } from './answer.js';

/** Parts that the sentence names; more are in the table. */
const NAMED_MAX = 3;

/** In which partitions or files the rows of a data set differ, each with its verdict. */
export function PartsAnswer(props: {
  parts: Parts;
  /** Of the data set. */
  path: string;
  left: string;
  right: string;
  onAsk(): void;
}): JSX.Element {
  const { trans } = useLab();
  const { path, left, right } = props;
  const parts = useModel(props.parts);
  const { list, by } = parts;
  const { items } = list;
  return (
    <Answer
      question={list}
      title={trans.__('Where they differ')}
      sentence={list.loaded ? sentenceOf(parts, path, trans) : undefined}
      tone={items.some(item => toneOf(item) === 'warn') ? 'warn' : 'muted'}
      show={trans.__('Show parts')}
      hide={trans.__('Hide parts')}
      onAsk={props.onAsk}
      busy={trans.__('Comparing the parts …')}
      failed={trans.__('The parts could not be compared.')}
    >
      {parts.isPartitioned && (
        <div className="jp-db-Questions">
          <Segmented
            label={trans.__('What is compared')}
            options={[
              { value: 'partition', label: trans.__('Partitions') },
              { value: 'file', label: trans.__('Files') }
            ]}
            value={by}
            onChange={chosen => parts.setBy(chosen)}
          />
        </div>
      )}
      {items.length > 0 && <ComparisonTable datasets={items} {...{ left, right, by, trans }} below={path} />}
      {list.hasMore && <Button onClick={() => void list.more()}>{trans.__('Show more parts')}</Button>}
    </Answer>
  );
}

/** "2 partitions differ: day=3/, day=7/." */
function sentenceOf({ list, by }: Parts, path: string, trans: TranslationBundle): string {
  const differing = list.items.filter(({ verdict }) => verdict !== 'equal');
  if (differing.length === 0) {
    return list.items.length === 0
      ? trans.__('no file differs.')
      : trans.__('the files are other ones, the rows in each part the same.');
  }
  const count = differing.length;
  const named = differing.slice(0, NAMED_MAX).map(part => nameBelow(part.path, path));
  const names = [...named, ...(count > NAMED_MAX || list.hasMore ? ['…'] : [])].join(', ');
  if (list.hasMore) {
    return by === 'partition'
      ? trans.__('%1 partitions or more differ: %2', count, names)
      : trans.__('%1 files or more differ: %2', count, names);
  }
  return by === 'partition'
    ? trans._n('%1 partition differs: %2', '%1 partitions differ: %2', count, names)
    : trans._n('%1 file differs: %2', '%1 files differ: %2', count, names);
}
