import { useEffect, useMemo } from 'react';
import type { GcFigures } from '../../protocol/databranch.js';
import { Button } from '../controls/button.js';
import { Busy, Failure } from '../controls/message.js';
import { useLab, useModel } from '../context.js';
import { formatBytes, formatCount } from '../format.js';
import type { RepositoryModel } from '../model/repository.js';
import { Resource } from '../model/resource.js';

/** What a garbage collection would free; looked for only when asked, as that takes a while. */
export function Garbage({ repository }: { repository: RepositoryModel }): JSX.Element {
  const { trans } = useLab();
  const estimate = useModel(
    useMemo(
      () => new Resource(signal => repository.client.settings.garbage(repository.name, signal)),
      [repository]
    )
  );
  useEffect(() => () => estimate.dispose(), [estimate]);
  return (
    <section aria-label={trans.__('Space')}>
      <h2>{trans.__('Space')}</h2>
      <p className="jp-db-Muted">
        {trans.__('The service collects garbage once a day: contents that no branch, tag or undo needs.')}
      </p>
      {estimate.value && <Figures figures={estimate.value} />}
      {estimate.error && (
        <Failure
          title={trans.__('The space could not be determined.')}
          error={estimate.error}
          onRetry={() => void estimate.refresh()}
        />
      )}
      {estimate.busy ? (
        <Busy>{trans.__('Looking …')}</Busy>
      ) : (
        <div className="jp-db-Settings-line">
          <Button onClick={() => void estimate.refresh()}>{trans.__('Find out what would be freed')}</Button>
        </div>
      )}
    </section>
  );
}

function Figures({ figures }: { figures: GcFigures }): JSX.Element {
  const { trans } = useLab();
  const { bytes, commits, blocks, expired, refused } = figures;
  if (refused) {
    return <p role="status">{trans.__('Nothing can be collected here: %1', refused)}</p>;
  }
  if (blocks === 0 && commits === 0) {
    return <p role="status">{trans.__('There is nothing to free now.')}</p>;
  }
  const parts = [
    trans._n('%1 object', '%1 objects', blocks),
    trans._n('%1 commit', '%1 commits', commits),
    ...(expired > 0 ? [trans.__('%1 expired by the rules above', formatCount(expired))] : [])
  ];
  return (
    <p role="status">
      <strong>{trans.__('%1 would be freed', formatBytes(bytes))}</strong>{' '}
      <span className="jp-db-Muted">{parts.join(' · ')}</span>
    </p>
  );
}
