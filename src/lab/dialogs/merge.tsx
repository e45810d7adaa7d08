import { useEffect, useState } from 'react';
import type { DataSetComparison, MergePreview, MergeWithSides } from '../../protocol/databranch.js';
import { Busy } from '../controls/message.js';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import { conflictsOf, isGuarded } from '../errors.js';
import type { RepositoryModel } from '../model/repository.js';
import { FindingBanner } from '../rows/finding-banner.js';
import type { Sides } from './conflicts.js';
import { Conflicts } from './conflicts.js';
import { Field } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';
import { Guards } from './guards.js';

interface PlannedMerge {
  repository: RepositoryModel;
  source: string;
  destination: string;
  message: string;
  /** Chosen after a merge was refused over paths that both sides changed. */
  sides: Sides;
  /** Whether to merge in spite of what guards have against it. */
  force: boolean;
  /** Where both refs stood when the conflicts that are shown were read. */
  seen?: Seen;
}

type Seen = Pick<MergeWithSides, 'source_commit_id' | 'destination_commit_id'>;

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
    initial: { repository, source, destination, message: '', sides: {}, force: false },
    Form: MergeForm,
    explain: failure =>
      conflictsOf(failure) &&
      trans.__('Not merged yet: both sides changed the same objects. Choose a side for each, then merge.'),
    submit: async value => {
      merged = await plan.merge(value);
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
  async merge({ sides, seen, ...planned }: PlannedMerge): Promise<string> {
    const chosen = Object.entries(sides).map(([path, side]) => ({ path, side }));
    const { _repository: repository, _source: source, _destination: destination } = this;
    const options = { message: planned.message || undefined, force: planned.force || undefined };
    this._seen ??= seen;
    if (chosen.length === 0 || !this._seen) {
      this._seen = await this._look();
      return (await repository.merge(source, destination, options)).reference;
    }
    try {
      const decided = { ...options, sides: chosen, ...this._seen };
      return (await repository.mergeWithSides(source, destination, decided)).reference;
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

function MergeForm({ value, onChange, failure }: FormProps<PlannedMerge>): JSX.Element {
  const { trans } = useLab();
  const { source, destination } = value;
  const [paths, setPaths] = useState<readonly string[]>([]);
  const add = (conflicts: readonly string[]): void =>
    setPaths(known => [...new Set([...known, ...conflicts])]);
  useEffect(() => add(conflictsOf(failure) ?? []), [failure]);
  const preview = usePreview(value);
  useEffect(() => {
    if (preview) {
      const { source_commit_id, destination_commit_id, conflicts } = preview;
      onChange({ seen: { source_commit_id, destination_commit_id } });
      add(conflicts);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- told once, when it comes; `onChange` is new each time
  }, [preview]);
  return (
    <>
      <RowsPreview {...value} />
      <Guards
        destination={destination}
        guard={preview?.guard}
        refused={isGuarded(failure)}
        forced={value.force}
        onForce={force => onChange({ force })}
      />
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

/** What the service says of the merge before it is made; undefined until then, and where it cannot tell. */
function usePreview({ repository, source, destination }: PlannedMerge): MergePreview | undefined {
  const [preview, setPreview] = useState<MergePreview>();
  useEffect(() => {
    const given = new AbortController();
    repository.client.previewMerge(repository.name, source, destination, given.signal).then(
      told => given.signal.aborted || setPreview(told),
      () => undefined // The merge itself tells what is wrong.
    );
    return () => given.abort();
  }, [repository, source, destination]);
  return preview;
}

/** What the merge would do to the rows. That it cannot be told keeps nobody from merging. */
function RowsPreview({ repository, source, destination }: PlannedMerge): JSX.Element | null {
  const { trans } = useLab();
  const [datasets, setDatasets] = useState<readonly DataSetComparison[] | null>();
  useEffect(() => {
    const given = new AbortController();
    repository.client.rows
      .compare(repository.name, destination, source, { path: '', amount: DATA_SETS_LOOKED_AT }, given.signal)
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
