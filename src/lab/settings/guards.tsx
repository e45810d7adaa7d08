import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo, useState } from 'react';
import type { GuardLimit, GuardRules, GuardsOfRef } from '../../protocol/databranch.js';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { Loaded } from '../controls/loaded.js';
import { Picker } from '../controls/picker.js';
import { searchBranches } from '../controls/refs.js';
import { useLab } from '../context.js';
import { askGuards } from '../dialogs/edit-guards.js';
import { formatCount, formatNumber } from '../format.js';
import { branchIcon } from '../icons.js';
import type { RepositoryModel } from '../model/repository.js';
import { Resource } from '../model/resource.js';
import { useReading } from '../repository/use-reading.js';

/** What merges into a branch may do to its rows, and the way to say so. */
export function GuardSettings(props: { repository: RepositoryModel; defaultBranch: string }): JSX.Element {
  const { trans } = useLab();
  const { repository, defaultBranch } = props;
  const { client, name } = repository;
  const [branch, setBranch] = useState(defaultBranch);
  const guards = useReading(
    repository,
    useMemo(
      () => new Resource(signal => client.settings.guards(name, branch, signal)),
      [client, name, branch]
    )
  );
  return (
    <section aria-label={trans.__('Guards')}>
      <h2>{trans.__('Guards')}</h2>
      <p className="jp-db-Muted">
        {trans.__(
          'What a merge into %1 may do to its rows. Only the file _databranch/guards.yaml as committed on %1 counts: no branch relaxes the guards of another.',
          branch
        )}
      </p>
      <div className="jp-db-Settings-line">
        <Picker
          label={trans.__('Branch that is merged into')}
          icon={branchIcon}
          value={branch}
          placeholder={trans.__('Choose a branch')}
          search={searchBranches(client, name)}
          onPick={setBranch}
        />
      </div>
      <Loaded resource={guards} failed={trans.__('The guards could not be read.')}>
        {found => <Found {...{ repository, branch, found }} />}
      </Loaded>
    </section>
  );
}

function Found(props: { repository: RepositoryModel; branch: string; found: GuardsOfRef }): JSX.Element {
  const lab = useLab();
  const { trans } = lab;
  const { repository, branch, found } = props;
  const edit = async (): Promise<void> => {
    const source = await askGuards(lab, repository, branch, found.text);
    if (source !== null) {
      await lab.commands.execute(CommandIDs.merge, {
        repository: repository.name,
        source,
        destination: branch
      });
    }
  };
  return (
    <>
      {found.wrong !== null ? (
        <div className="jp-db-Failure" role="alert">
          <strong>{trans.__('Every merge into %1 is refused.', branch)}</strong>{' '}
          {trans.__('The file cannot be read as guards: %1.', found.wrong)}
        </div>
      ) : found.origin === 'default' ? (
        <p>{trans.__('%1 has no guards: a merge that adds duplicates is warned of, and done.', branch)}</p>
      ) : found.guards.length === 0 ? (
        <p>{trans.__('The file has no guard: whatever a merge does is accepted.')}</p>
      ) : (
        <ul className="jp-db-GuardRules" aria-label={trans.__('Guards of %1', branch)}>
          {found.guards.map((guard, at) => (
            <Guard key={at} guard={guard} />
          ))}
        </ul>
      )}
      <div className="jp-db-Settings-line">
        <Button onClick={() => void edit()}>
          {found.origin === 'default' ? trans.__('Add guards …') : trans.__('Edit guards …')}
        </Button>
      </div>
    </>
  );
}

function Guard({ guard }: { guard: GuardRules }): JSX.Element {
  const { trans } = useLab();
  const sentences = sentencesOf(guard, trans);
  return (
    <li>
      <code>{guard.path}</code>{' '}
      {guard.level === 'refuse' ? (
        <span className="jp-db-Chip jp-mod-refused">{trans.__('refuses')}</span>
      ) : (
        <span className="jp-db-Chip jp-mod-warn">{trans.__('warns')}</span>
      )}
      <ul>
        {sentences.map(sentence => (
          <li key={sentence}>{sentence}</li>
        ))}
        {sentences.length === 0 && <li className="jp-db-Muted">{trans.__('has no rule')}</li>}
      </ul>
    </li>
  );
}

/** What a guard asks, a sentence for each of its rules. */
export function sentencesOf(guard: GuardRules, trans: TranslationBundle): string[] {
  const { no_added_duplicates: keys, required_columns: required, not_null: full } = guard;
  return [
    keys &&
      (keys.length > 0
        ? trans.__('adds no rows that are the same in %1', keys.join(', '))
        : trans.__('adds no duplicate rows')),
    guard.max_row_loss && trans.__('loses at most %1', limitOf(guard.max_row_loss, trans)),
    guard.max_row_growth && trans.__('adds at most %1', limitOf(guard.max_row_growth, trans)),
    guard.schema === 'identical' && trans.__('changes no column'),
    guard.schema === 'compatible' &&
      trans.__('takes no column away, and changes no type except to a wider one'),
    required && trans.__('has the columns %1 in every file that it brings', required.join(', ')),
    full && trans.__('has no NULL in %1', full.join(', '))
  ].filter(sentence => typeof sentence === 'string');
}

function limitOf(limit: GuardLimit, trans: TranslationBundle): string {
  return 'percent' in limit
    ? trans.__('%1% of the rows', formatNumber(limit.percent))
    : trans._n('%2 row', '%2 rows', limit.rows, formatCount(limit.rows));
}
