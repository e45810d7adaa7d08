import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useState } from 'react';
import type { RetentionRules } from '../client/settings.js';
import { attempt, done } from '../commands/context.js';
import { Button, IconButton } from '../controls/button.js';
import { Glyph } from '../controls/glyph.js';
import { Loaded } from '../controls/loaded.js';
import { useLab } from '../context.js';
import type { RepositoryModel } from '../model/repository.js';

/** What a repository without rules is offered, as lakeFS suggests it. */
const SUGGESTED: RetentionRules = { default_retention_days: 28, branches: [] };

/** How long contents are kept that no branch has any longer. */
export function RetentionSettings({ repository }: { repository: RepositoryModel }): JSX.Element {
  const { trans } = useLab();
  const rules = repository.retention;
  useEffect(() => void rules.refresh(), [rules]);
  return (
    <section aria-label={trans.__('Retention')}>
      <h2>{trans.__('Retention')}</h2>
      <p className="jp-db-Muted">
        {trans.__('How long contents are kept after they were replaced or deleted on a branch.')}
      </p>
      <Loaded resource={rules} failed={trans.__('The rules could not be read.')}>
        {saved => (
          // What is typed is not lost when the rules are read again and are the same.
          <RetentionForm key={JSON.stringify(saved)} repository={repository} saved={saved} />
        )}
      </Loaded>
    </section>
  );
}

function RetentionForm(props: { repository: RepositoryModel; saved: RetentionRules | null }): JSX.Element {
  const lab = useLab();
  const { trans } = lab;
  const { repository, saved } = props;
  const [rules, setRules] = useState(saved);
  const save = (): Promise<boolean> =>
    attempt(lab, trans.__('The retention rules could not be saved.'), async () => {
      await repository.setRetention(rules);
      done(lab, trans.__('Retention rules saved.'));
    });
  return (
    <form
      className="jp-db-Retention"
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <label className="jp-db-Settings-line">
        <input
          type="checkbox"
          checked={rules !== null}
          onChange={event => setRules(event.target.checked ? (saved ?? SUGGESTED) : null)}
        />
        {trans.__('Let go of old contents')}
      </label>
      {rules && <Days rules={rules} onChange={setRules} />}
      <div className="jp-db-Settings-line">
        <Button submits kind="primary" disabled={JSON.stringify(rules) === JSON.stringify(saved)}>
          {trans.__('Save')}
        </Button>
        {rules === null && <span className="jp-db-Muted">{trans.__('Everything committed is kept.')}</span>}
      </div>
    </form>
  );
}

/** The days in general, and for single branches. */
function Days(props: { rules: RetentionRules; onChange(rules: RetentionRules): void }): JSX.Element {
  const { trans } = useLab();
  const { rules, onChange } = props;
  const { branches } = rules;
  const setBranch = (index: number, change: Partial<RetentionRules['branches'][number]>): void =>
    onChange({
      ...rules,
      branches: branches.map((rule, at) => (at === index ? { ...rule, ...change } : rule))
    });
  return (
    <>
      <label className="jp-db-Settings-line">
        <span className="jp-db-Retention-name">{trans.__('All branches')}</span>
        <NumberOfDays
          value={rules.default_retention_days}
          onChange={days => onChange({ ...rules, default_retention_days: days })}
        />
        {trans.__('days')}
      </label>
      {branches.map((rule, index) => (
        <div className="jp-db-Settings-line" key={index}>
          <input
            className="jp-db-Input jp-db-Retention-name"
            aria-label={trans.__('Branch of rule %1', index + 1)}
            placeholder={trans.__('branch')}
            required
            value={rule.branch_id}
            onChange={event => setBranch(index, { branch_id: event.target.value })}
          />
          <NumberOfDays
            label={trans.__('Days of rule %1', index + 1)}
            value={rule.retention_days}
            onChange={days => setBranch(index, { retention_days: days })}
          />
          {trans.__('days')}
          <IconButton
            icon={closeIcon}
            label={trans.__('Remove rule %1', index + 1)}
            onClick={() => onChange({ ...rules, branches: branches.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      <Button
        kind="link"
        onClick={() =>
          onChange({
            ...rules,
            branches: [...branches, { branch_id: '', retention_days: rules.default_retention_days }]
          })
        }
      >
        <Glyph of={addIcon} />
        {trans.__('Add a rule for a branch')}
      </Button>
    </>
  );
}

function NumberOfDays(props: { value: number; onChange(days: number): void; label?: string }): JSX.Element {
  return (
    <input
      className="jp-db-Input jp-db-Retention-days"
      type="number"
      min={1}
      max={36500}
      required
      aria-label={props.label}
      value={Number.isNaN(props.value) ? '' : props.value}
      onChange={event => props.onChange(event.target.valueAsNumber)}
    />
  );
}
