import '../../../style/views.js';
import { useCallback, useEffect, useState } from 'react';
import { doneTo } from '../commands/undo.js';
import { Button } from '../controls/button.js';
import type { Lab } from '../context.js';
import { useLab, useModel } from '../context.js';
import { conflictsOf, explain, isGone } from '../errors.js';
import { formatTime, shortId } from '../format.js';
import { SandboxCard } from '../rows/sandbox-card.js';
import type { SandboxOutcome, SandboxPayload } from '../rows/sandbox-payload.js';
import { askKeepSandbox } from './keep-sandbox.js';
import { SandboxClient } from './sandboxes.js';

/** Conflicting paths that a card names. */
const CONFLICTS_SHOWN = 5;

interface CardProps {
  payload: SandboxPayload;
  /** For the commit that is made of the cell's work. */
  metadata(): Record<string, string>;
  onOutcome(outcome: SandboxOutcome): void;
}

/** The card of a sandbox cell, with buttons that act. */
export function ActingCard(props: CardProps): JSX.Element {
  return (
    <SandboxCard payload={props.payload} trans={useLab().trans}>
      <SandboxFooter {...props} />
    </SandboxCard>
  );
}

function SandboxFooter(props: CardProps): JSX.Element {
  const { payload } = props;
  const { trans } = useLab();
  const isThere = useIsThere(payload);
  if (!payload.kept) {
    return (
      <span className="jp-db-Muted">{trans.__('Nothing was written, so the sandbox is gone again.')}</span>
    );
  }
  return isThere ? <Actions {...props} /> : <Outcome outcome={payload.outcome} />;
}

/** Whether the sandbox is there, asked again whenever this window changes its repository. */
function useIsThere({ repository, branch, kept }: SandboxPayload): boolean {
  const { databranch } = useLab();
  const model = useModel(databranch.repository(repository));
  const { version } = model;
  const [isThere, setIsThere] = useState(kept);
  useEffect(() => {
    if (!kept) {
      return undefined;
    }
    const given = new AbortController();
    new SandboxClient(databranch.client, repository, branch).get(given.signal).then(
      () => setIsThere(true),
      (error: unknown) => {
        // That it could not be asked for says nothing; the buttons will.
        if (!given.signal.aborted && isGone(error)) {
          setIsThere(false);
        }
      }
    );
    return () => given.abort();
  }, [databranch, repository, branch, kept, version]);
  return isThere;
}

function Outcome({ outcome }: { outcome: SandboxOutcome | undefined }): JSX.Element {
  const { trans } = useLab();
  switch (outcome?.verb) {
    case 'kept':
      return <strong>{trans.__('Kept as branch %1.', outcome.branch)}</strong>;
    case 'merged':
      return (
        <strong>{trans.__('Merged into %1: commit %2.', outcome.branch, shortId(outcome.commit))}</strong>
      );
    case 'discarded':
      return <span className="jp-db-Muted">{trans.__('Discarded.')}</span>;
    case undefined:
      return (
        <span className="jp-db-Muted">
          {trans.__('This sandbox is gone: kept, merged or discarded elsewhere, or its seven days are over.')}
        </span>
      );
  }
}

/** The buttons, and why the last one failed. */
function Actions({ payload, metadata, onOutcome }: CardProps): JSX.Element {
  const lab = useLab();
  const { databranch, trans } = lab;
  const { repository: name, branch, into } = payload;
  const repository = databranch.repository(name);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const conflicts = conflictsOf(failure);
  const sandbox = new SandboxClient(databranch.client, name, branch);
  const message = trans.__('What a cell did on %1', branch);

  const act = useCallback(async (work: () => Promise<void>): Promise<void> => {
    setIsBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      setFailure(error);
    } finally {
      setIsBusy(false);
    }
  }, []);

  /** Lets every view see what is there now, and none stay on the branch that is gone. */
  const gone = async (): Promise<void> => {
    const { current } = databranch;
    if (current?.name === branch && current.repository === repository) {
      await databranch.select(name, into);
    }
    await repository.touched();
  };
  const keep = async (): Promise<void> => {
    const kept = await askKeepSandbox(lab, branch, async wanted => {
      await sandbox.keep({ name: wanted, message, metadata: metadata() });
    });
    if (kept !== null) {
      onOutcome({ verb: 'kept', branch: kept });
      repository.rememberBase(kept, into);
      await doneTo(lab, trans.__('Kept as branch %1.', kept), {
        repository,
        branch: kept,
        verb: 'create-branch'
      });
      await gone();
    }
  };
  const merge = (strategy?: 'source-wins' | 'dest-wins'): Promise<void> =>
    act(async () => {
      const given = { destination: into, message, metadata: metadata(), strategy };
      const { reference: commit } = await sandbox.merge(given);
      onOutcome({ verb: 'merged', branch: into, commit });
      const deed = { repository, branch: into, verb: 'merge', commit } as const;
      await doneTo(lab, trans.__('Merged %1 into %2.', branch, into), deed);
      await gone();
    });
  const discard = (): Promise<void> =>
    act(async () => {
      await sandbox.discard();
      onOutcome({ verb: 'discarded' });
      await doneTo(lab, trans.__('Discarded %1.', branch), { repository, branch, verb: 'delete-branch' });
      await gone();
    });

  return (
    <>
      {failure !== undefined && (
        <p className="jp-db-Sandbox-failure" role="alert">
          {conflicts
            ? trans.__('Not merged: both sides changed %1.', conflicts.slice(0, CONFLICTS_SHOWN).join(', '))
            : explain(failure, trans)}
        </p>
      )}
      {conflicts ? (
        <>
          <Button kind="primary" disabled={isBusy} onClick={() => void merge('source-wins')}>
            {trans.__('Take the cell’s')}
          </Button>
          <Button disabled={isBusy} onClick={() => void merge('dest-wins')}>
            {trans.__('Take those of %1', into)}
          </Button>
        </>
      ) : (
        <Button kind="primary" disabled={isBusy} onClick={() => void merge()}>
          {trans.__('Merge into %1', into)}
        </Button>
      )}
      <Button disabled={isBusy} onClick={() => void keep()}>
        {trans.__('Keep as branch …')}
      </Button>
      <Button disabled={isBusy} onClick={() => void discard()}>
        {trans.__('Discard')}
      </Button>
      <span className="jp-db-Spacer" />
      <span className="jp-db-Muted" title={formatTime(payload.expires_at)}>
        {leftOf(payload.expires_at, lab)}
      </span>
    </>
  );
}

const DAY_SECONDS = 24 * 60 * 60;

/** How long the sandbox stays. */
function leftOf(expiresAt: number, { trans }: Lab): string {
  const days = Math.ceil((expiresAt - Date.now() / 1_000) / DAY_SECONDS);
  return days > 0 ? trans._n('%1 day left', '%1 days left', days) : trans.__('to be removed');
}
