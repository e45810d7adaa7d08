import { useState } from 'react';
import { Button } from '../controls/button.js';
import { useLab } from '../context.js';

/** Chooses the columns that tell which rows are one. */
export function KeyColumns(props: {
  columns: readonly string[];
  /** Those that are in force. */
  chosen: readonly string[];
  onChoose(keys: readonly string[]): void;
  /** What a key does. */
  hint: string;
  /** What the button says that puts the choice in force. */
  apply: string;
}): JSX.Element {
  const { trans } = useLab();
  const { columns, chosen, onChoose } = props;
  // What was ticked and is not in force yet; without that, what is in force, which may be suggested meanwhile.
  const [draft, setDraft] = useState<readonly string[]>();
  // In the order of the columns, whatever the order of the clicks; a draft's column may be gone by now.
  const ticked = columns.filter(column => (draft ?? chosen).includes(column));
  const isSame = ticked.length === chosen.length && ticked.every(column => chosen.includes(column));
  return (
    <details className="jp-db-KeyColumns">
      <summary>
        {chosen.length === 0 ? trans.__('Key columns: none') : trans.__('Key columns: %1', chosen.join(', '))}
      </summary>
      <form
        onSubmit={event => {
          event.preventDefault();
          onChoose(ticked);
          setDraft(undefined);
        }}
      >
        <p className="jp-db-Muted">{props.hint}</p>
        <fieldset>
          <legend className="jp-db-Hidden">{trans.__('Key columns')}</legend>
          {columns.map(column => (
            <label key={column}>
              <input
                type="checkbox"
                checked={ticked.includes(column)}
                onChange={({ target }) =>
                  setDraft(target.checked ? [...ticked, column] : ticked.filter(one => one !== column))
                }
              />
              {column}
            </label>
          ))}
        </fieldset>
        <Button submits disabled={isSame}>
          {props.apply}
        </Button>
      </form>
    </details>
  );
}
