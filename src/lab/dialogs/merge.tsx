import { useEffect, useState } from 'react';
import type { DataSetComparison, MergeWithSides } from '../../protocol/databranch.js';
import { Busy } from '../controls/message.js';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { conflictsOf } from '../errors.js';
import type { RepositoryModel } from '../model/repository.js';
import { FindingBanner } from '../rows/finding-banner.js';
import type { Sides } from './conflicts.js';
import { Conflicts } from './conflicts.js';
import { Field } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

interface PlannedMerge {
  repository: RepositoryModel;
  source: string;
  destination: string;
  message: string;
  /** Chosen after a merge was refused over paths that both sides changed. */
  sides: Sides;
}

/** Data sets looked at before a merge; the Compare view pages through more. */
const DATA_SETS_LOOKED_AT = 100;

/** Shows what a merge would do to the rows, asks for a message, and merges. @returns the merge commit's id; null when cancelled */
export async function askMerge(
  lab: Lab,
  repository: RepositoryModel,
  source: string,
  destination: string
): Promise<string | null> {
  const { trans } = lab;
  const plan = new Merging(repository, source, destination);
  let merged: string | null = null;
  await askForm<PlannedMerge>(lab, {
    title: trans.__('Merge %1 into %2', source, destination),
    accept: trans.__('Merge'),
    initial: { repository, source, destination, message: '', sides: {} },
    Form: MergeForm,
    explain: failure =>
      conflictsOf(failure) &&
      trans.__('Not merged yet: both sides changed the same objects. Choose a side for each, then merge.'),
    submit: async ({ message, sides }) => {
      merged = await plan.merge(message || undefined, sides);
    }
  });
  return merged;
}

/** A merge that is tried until its conflicts are decided. */
class Merging {
  constructor(
    private readonly _repository: RepositoryModel,
    private readonly _source: string,
    private readonly _destination: string
  ) {}

  /** @returns the merge commit's id @throws RequestError */
  async merge(message: string | undefined, sides: Sides): Promise<string> {
    const chosen = Object.entries(sides).map(([path, side]) => ({ path, side }));
    const { _repository: repository, _source: source, _destination: destination } = this;
    if (chosen.length === 0 || !this._seen) {
      this._seen = await this._look();
      return (await repository.merge(source, destination, { message })).reference;
    }
    try {
      const options = { message, sides: chosen, ...this._seen };
      return (await repository.mergeWithSides(source, destination, options)).reference;
    } catch (failure) {
      // Sides count only for what was seen: when a branch has moved, the user is told, and then has seen it.
      this._seen = await this._look();
      throw failure;
    }
  }

  private async _look(): Promise<Seen> {
    const { client, name } = this._repository;
    const { source_commit_id, destination_commit_id } = await client.mergeBase(
      name,
      this._source,
      this._destination
    );
    return { source_commit_id, destination_commit_id };
  }

  private _seen: Seen | undefined;
}

type Seen = Pick<MergeWithSides, 'source_commit_id' | 'destination_commit_id'>;

function MergeForm({ value, onChange, failure }: FormProps<PlannedMerge>): JSX.Element {
  const { trans } = useLab();
  const { source, destination } = value;
  const [paths, setPaths] = useState<readonly string[]>([]);
  useEffect(() => {
    const conflicts = conflictsOf(failure) ?? [];
    setPaths(known => [...new Set([...known, ...conflicts])]);
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
      {paths.length > 0 && (
        <Conflicts
          paths={paths}
          source={source}
          destination={destination}
          sides={value.sides}
          onChange={sides => onChange({ sides })}
        />
      )}
    </>
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
