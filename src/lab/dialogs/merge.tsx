import { useEffect, useId, useState } from 'react';
import type { DataSetComparison } from '../../protocol/databranch.js';
import type { MergeStrategy } from '../client.js';
import { Busy } from '../controls/message.js';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { conflictsOf } from '../errors.js';
import type { RepositoryModel } from '../model/repository.js';
import { FindingBanner } from '../rows/finding-banner.js';
import { Field } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

interface PlannedMerge {
  repository: RepositoryModel;
  source: string;
  destination: string;
  message: string;
  /** Chosen after a merge was refused over paths that both sides changed. */
  strategy: MergeStrategy | undefined;
}

/** Data sets looked at before a merge; the Compare view pages through more. */
const DATA_SETS_LOOKED_AT = 100;

/** Conflicts listed at once. */
const CONFLICTS_SHOWN = 100;

/** Shows what a merge would do to the rows, asks for a message, and merges. @returns the merge commit's id; null when cancelled */
export async function askMerge(
  lab: Lab,
  repository: RepositoryModel,
  source: string,
  destination: string
): Promise<string | null> {
  let merged: string | null = null;
  await askForm<PlannedMerge>(lab, {
    title: lab.trans.__('Merge %1 into %2', source, destination),
    accept: lab.trans.__('Merge'),
    initial: { repository, source, destination, message: '', strategy: undefined },
    Form: MergeForm,
    explain: failure =>
      conflictsOf(failure) &&
      lab.trans.__('Not merged yet: both sides changed the same objects. Choose below, then merge.'),
    submit: async ({ message, strategy }) => {
      const options = { message: message || undefined, strategy };
      merged = (await repository.merge(source, destination, options)).reference;
    }
  });
  return merged;
}

function MergeForm({ value, onChange, failure }: FormProps<PlannedMerge>): JSX.Element {
  const { trans } = useLab();
  const { source, destination } = value;
  const [seen, setSeen] = useState<readonly string[]>([]);
  useEffect(() => {
    const conflicts = conflictsOf(failure);
    if (conflicts) {
      setSeen(conflicts);
    }
  }, [failure]);
  return (
    <>
      <RowsPreview {...value} />
      <Field label={trans.__('Message')}>
        {id => (
          <textarea
            id={id}
            className="jp-db-Input"
            rows={2}
            value={value.message}
            placeholder={trans.__("Merge '%1' into '%2'", source, destination)}
            onChange={event => onChange({ message: event.target.value })}
          />
        )}
      </Field>
      {seen.length > 0 && (
        <Conflicts
          paths={seen}
          source={source}
          destination={destination}
          strategy={value.strategy}
          onChoose={strategy => onChange({ strategy })}
        />
      )}
    </>
  );
}

/** The paths over which the merge was refused, and the two ways to finish it. */
function Conflicts(props: {
  paths: readonly string[];
  source: string;
  destination: string;
  strategy: MergeStrategy | undefined;
  onChoose(strategy: MergeStrategy): void;
}): JSX.Element {
  const { trans } = useLab();
  const { paths, source, destination } = props;
  const name = useId();
  const choices: [MergeStrategy, string][] = [
    ['source-wins', trans.__('Take these objects from %1', source)],
    ['dest-wins', trans.__('Keep these objects as they are on %1', destination)]
  ];
  return (
    <div className="jp-db-Conflicts">
      <p>
        <strong>
          {trans._n('%1 object changed on both sides:', '%1 objects changed on both sides:', paths.length)}
        </strong>
      </p>
      <ul aria-label={trans.__('Conflicts')}>
        {paths.slice(0, CONFLICTS_SHOWN).map(path => (
          <li key={path}>{path}</li>
        ))}
        {paths.length > CONFLICTS_SHOWN && <li>{trans.__('and %1 more', paths.length - CONFLICTS_SHOWN)}</li>}
      </ul>
      <div role="radiogroup" aria-label={trans.__('What to take')}>
        {choices.map(([strategy, label]) => (
          <label key={strategy}>
            <input
              type="radio"
              name={name}
              required
              checked={props.strategy === strategy}
              onChange={() => props.onChoose(strategy)}
            />
            {label}
          </label>
        ))}
      </div>
    </div>
  );
}

/** What the merge would do to the rows. That it cannot be told keeps nobody from merging. */
function RowsPreview({ repository, source, destination }: PlannedMerge): JSX.Element | null {
  const { trans } = useLab();
  const [datasets, setDatasets] = useState<readonly DataSetComparison[] | null>();
  useEffect(() => {
    const given = new AbortController();
    repository.client
      .compareRows(
        repository.name,
        destination,
        source,
        { path: '', amount: DATA_SETS_LOOKED_AT },
        given.signal
      )
      .then(
        result => setDatasets(result.datasets),
        () => given.signal.aborted || setDatasets(null)
      );
    return () => given.abort();
  }, [repository, source, destination]);
  if (datasets === undefined) {
    return <Busy>{trans.__('Looking at the rows …')}</Busy>;
  }
  return datasets === null ? (
    <p className="jp-db-Muted">{trans.__('The rows could not be compared.')}</p>
  ) : (
    <FindingBanner datasets={datasets} trans={trans} />
  );
}
