import type { RowsClient, DataSetSides } from '../client/rows.js';
import { Button } from '../controls/button.js';
import { useLab, useModel } from '../context.js';
import { asSentence } from '../format.js';
import type { RowDiff } from '../model/row-diff.js';
import { Unreadable } from '../rows/count-table.js';
import { RowDiffTable } from '../rows/row-diff-table.js';
import { SchemaChanges } from '../rows/schema-changes.js';
import { Answer } from './answer.js';
import { KeyColumns } from './key-columns.js';

/** The rows that differ, page by page, with the cells that changed; as a file on request. */
export function RowDiffAnswer(props: {
  diff: RowDiff;
  sides: DataSetSides;
  client: RowsClient;
  onAsk(): void;
}): JSX.Element {
  const { trans } = useLab();
  const { lines, figures } = useModel(props.diff);
  return (
    <Answer
      question={lines}
      title={trans.__('Rows that differ')}
      sentence={figures && asSentence(figures.message)}
      show={trans.__('Show rows')}
      hide={trans.__('Hide rows')}
      onAsk={props.onAsk}
      busy={trans.__('Comparing rows …')}
      failed={trans.__('The rows could not be compared.')}
    >
      {figures && (
        <>
          {figures.basis === 'exact' && (
            <p className="jp-db-Muted">{trans.__('Certain: every row was compared.')}</p>
          )}
          <SchemaChanges changes={figures.schema_changes} trans={trans} />
          <Unreadable files={figures.unreadable} trans={trans} />
          <div className="jp-db-Questions">
            <KeyColumns
              columns={figures.columns}
              chosen={figures.keys}
              onChoose={chosen => props.diff.setKeys(chosen)}
              hint={trans.__('Rows with the same key are one row: what else differs in it has changed.')}
              apply={trans.__('Compare by these')}
            />
            <span className="jp-db-Spacer" />
            {lines.items.length > 0 && (
              <a
                className="jp-db-Button"
                href={props.client.diffAddress(props.sides, figures.keys)}
                download="rowdiff.parquet"
              >
                {trans.__('Download as Parquet')}
              </a>
            )}
          </div>
          {lines.items.length > 0 && (
            <RowDiffTable lines={lines.items} columns={figures.columns} trans={trans} />
          )}
          {lines.hasMore && <Button onClick={() => void lines.more()}>{trans.__('Show more rows')}</Button>}
        </>
      )}
    </Answer>
  );
}
