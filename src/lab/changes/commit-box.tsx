import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useRef, useState } from 'react';
import { CommandIDs } from '../commands/ids.js';
import { Button, IconButton } from '../controls/button.js';
import { useLab, useModel } from '../context.js';
import { Glyph } from '../controls/glyph.js';
import { formatCount } from '../format.js';
import type { BranchModel } from '../model/branch.js';
import type { CommitDraft } from '../model/draft.js';
import { keepDraft, readDraft } from '../model/draft.js';

/**
 * Message, metadata and the button that commits. What is typed is kept per branch.
 *
 * @param props.label - tells this form from another one in sight
 */
export function CommitBox({ branch, label }: { branch: BranchModel; label?: string }): JSX.Element {
  const { commands, databranch, trans } = useLab();
  const state = useModel(branch.state).value;
  const [draft, setDraft] = useState<CommitDraft>(readDraft(databranch.memory, branch));
  const [busy, setBusy] = useState(false);
  const count = state?.uncommitted ?? 0;

  const change = (changed: Partial<CommitDraft>): void => {
    const next = { ...draft, ...changed };
    setDraft(next);
    keepDraft(databranch.memory, branch, next);
  };
  const commit = async (): Promise<void> => {
    setBusy(true);
    await commands.execute(CommandIDs.commit, { repository: branch.repository.name, branch: branch.name });
    setBusy(false);
    setDraft(readDraft(databranch.memory, branch));
  };
  const ready = !busy && count > 0 && draft.message.trim() !== '';
  const number = formatCount(count, state?.uncommitted_more);

  return (
    <form
      className="jp-db-CommitBox"
      aria-label={label ?? trans.__('Commit')}
      onSubmit={event => {
        event.preventDefault();
        void commit();
      }}
    >
      <textarea
        className="jp-db-Input"
        rows={2}
        aria-label={trans.__('Commit message')}
        placeholder={trans.__('Commit message')}
        value={draft.message}
        onChange={event => change({ message: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && ready) {
            event.preventDefault();
            void commit();
          }
        }}
      />
      <MetadataRows pairs={draft.metadata} onChange={metadata => change({ metadata })} />
      <button
        type="submit"
        className="jp-db-Button jp-mod-primary jp-mod-wide"
        disabled={!ready}
        title={draft.message.trim() === '' ? trans.__('Write a message first') : undefined}
      >
        <span className="jp-db-Row-name">
          {busy
            ? trans.__('Committing …')
            : count === 1
              ? trans.__('Commit 1 change to %1', branch.name)
              : trans.__('Commit %1 changes to %2', number, branch.name)}
        </span>
      </button>
    </form>
  );
}

/** Pairs of key and value that a commit carries. */
function MetadataRows(props: {
  pairs: CommitDraft['metadata'];
  onChange(pairs: CommitDraft['metadata']): void;
}): JSX.Element {
  const { trans } = useLab();
  const { pairs, onChange } = props;
  const lastKey = useRef<HTMLInputElement>(null);
  const [added, setAdded] = useState(0);
  useEffect(() => {
    if (added > 0) {
      lastKey.current?.focus();
    }
  }, [added]);
  const set = (index: number, pair: CommitDraft['metadata'][number]): void =>
    onChange(pairs.map((old, at) => (at === index ? pair : old)));
  return (
    <div className="jp-db-Metadata">
      {pairs.map(([key, value], index) => (
        <div className="jp-db-Metadata-pair" key={index}>
          <input
            ref={index === pairs.length - 1 ? lastKey : undefined}
            className="jp-db-Input"
            aria-label={trans.__('Metadata key %1', index + 1)}
            placeholder={trans.__('key')}
            value={key}
            onChange={event => set(index, [event.target.value, value])}
          />
          <span aria-hidden>=</span>
          <input
            className="jp-db-Input"
            aria-label={trans.__('Metadata value %1', index + 1)}
            placeholder={trans.__('value')}
            value={value}
            onChange={event => set(index, [key, event.target.value])}
          />
          <IconButton
            icon={closeIcon}
            label={trans.__('Remove metadata %1', index + 1)}
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        kind="link"
        onClick={() => {
          onChange([...pairs, ['', '']]);
          setAdded(added + 1);
        }}
      >
        <Glyph of={addIcon} />
        {trans.__('Add metadata')}
      </Button>
    </div>
  );
}
