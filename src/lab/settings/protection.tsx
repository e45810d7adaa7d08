import { deleteIcon } from '@jupyterlab/ui-components';
import { useEffect, useState } from 'react';
import { attempt } from '../commands/context.js';
import { Button, IconButton } from '../controls/button.js';
import { Loaded } from '../controls/loaded.js';
import { useLab } from '../context.js';
import type { RepositoryModel } from '../model/repository.js';

/** Rules by which branches take changes by merge only. */
export function ProtectionSettings({ repository }: { repository: RepositoryModel }): JSX.Element {
  const { trans } = useLab();
  const rules = repository.protection;
  useEffect(() => void rules.refresh(), [rules]);
  return (
    <section aria-label={trans.__('Branch protection')}>
      <h2>{trans.__('Branch protection')}</h2>
      <p className="jp-db-Muted">
        {trans.__(
          'A protected branch takes changes by merge only. In a rule * stands for any characters, ? for one.'
        )}
      </p>
      <Loaded resource={rules} failed={trans.__('The rules could not be read.')}>
        {patterns => <Rules repository={repository} rules={patterns} />}
      </Loaded>
    </section>
  );
}

function Rules(props: { repository: RepositoryModel; rules: readonly string[] }): JSX.Element {
  const lab = useLab();
  const { trans } = lab;
  const { repository, rules } = props;
  const [pattern, setPattern] = useState('');
  const add = async (): Promise<void> => {
    const failed = trans.__('The rule %1 could not be added.', pattern);
    if (await attempt(lab, failed, () => repository.protect(pattern.trim()))) {
      lab.say(trans.__('Branches named %1 are protected.', pattern));
      setPattern('');
    }
  };
  const remove = async (rule: string): Promise<void> => {
    const failed = trans.__('The rule %1 could not be removed.', rule);
    if (await attempt(lab, failed, () => repository.unprotect(rule))) {
      lab.say(trans.__('Rule %1 removed.', rule));
    }
  };
  return (
    <>
      {rules.length > 0 && (
        <ul className="jp-db-Rules" aria-label={trans.__('Protected branches')}>
          {rules.map(rule => (
            <li key={rule}>
              <code>{rule}</code>
              <IconButton
                icon={deleteIcon}
                label={trans.__('Remove rule %1', rule)}
                onClick={() => void remove(rule)}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        className="jp-db-Settings-line"
        onSubmit={event => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          className="jp-db-Input"
          aria-label={trans.__('Branches to protect')}
          placeholder={trans.__('e.g. main or release-*')}
          value={pattern}
          onChange={event => setPattern(event.target.value)}
        />
        <Button submits disabled={pattern.trim() === ''}>
          {trans.__('Protect')}
        </Button>
      </form>
    </>
  );
}
