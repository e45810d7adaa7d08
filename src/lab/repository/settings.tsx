import { useLab, useModel } from '../context.js';
import { formatTime } from '../format.js';
import { Garbage } from '../settings/garbage.js';
import { GuardSettings } from '../settings/guards.js';
import { ProtectionSettings } from '../settings/protection.js';
import { RetentionSettings } from '../settings/retention.js';
import type { TabProps } from './content.js';

/** What a repository was created with, and its rules. */
export function SettingsTab({ repository, defaultBranch }: TabProps): JSX.Element {
  const { trans } = useLab();
  const facts = useModel(repository.facts).value;
  const lines: [string, string | undefined][] = [
    [trans.__('Repository'), repository.name],
    [trans.__('Default branch'), defaultBranch],
    [trans.__('Storage namespace'), facts?.storage_namespace],
    [trans.__('Created'), facts && formatTime(facts.creation_date)],
    [trans.__('Access'), facts?.read_only ? trans.__('read only') : trans.__('read and write')],
    [trans.__('Path for Spark and S3'), `s3a://${repository.name}/${defaultBranch}/`]
  ];
  return (
    <div className="jp-db-Tab jp-mod-scrolls jp-db-Settings">
      <dl className="jp-db-Facts">
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ProtectionSettings repository={repository} />
      <GuardSettings repository={repository} defaultBranch={defaultBranch} />
      <RetentionSettings repository={repository} />
      <Garbage repository={repository} />
    </div>
  );
}
