import { useEffect, useRef } from 'react';
import type { Lab } from '../context.js';
import { useLab } from '../context.js';
import type { RepositoryModel } from '../model/repository.js';
import { NAME_PATTERN } from './create-branch.js';
import { Field, TextField } from './field.js';
import type { FormProps } from './form-dialog.js';
import { askForm } from './form-dialog.js';

/** The only place where a branch's guards count. */
const GUARDS_PATH = '_databranch/guards.yaml';

/** What somebody begins with: one guard that does something, and what else there is. */
const TEMPLATE = `guards:
  - path: "**"                  # folders; ** is all of them
    no_added_duplicates: true   # or by columns: [id]
    max_row_loss: 10%           # or a number of rows
    level: refuse               # or warn
    # max_row_growth: 50%
    # schema: compatible        # or identical
    # required_columns: [id]
    # not_null: [id]
`;

const ROWS_SHOWN = 12;

interface EditedGuards {
  text: string;
  /** Why the text cannot be read as guards, as far as that was asked; null where it can. */
  wrong: string | null;
  /** The new branch that takes the commit. */
  branch: string;
  destination: string;
}

/**
 * Asks for guards, and commits them on a new branch: they count once somebody has merged it.
 *
 * @param destination - the branch whose guards they are to be
 * @param text - those that it has; null where it has none
 * @returns the new branch; null when cancelled
 */
export async function askGuards(
  lab: Lab,
  repository: RepositoryModel,
  destination: string,
  text: string | null
): Promise<string | null> {
  const { trans } = lab;
  let committed: string | null = null;
  await askForm<EditedGuards>(lab, {
    title: trans.__('Guards of %1', destination),
    accept: trans.__('Commit'),
    initial: { text: text ?? TEMPLATE, wrong: null, branch: '', destination },
    Form: GuardsForm,
    isReady: ({ wrong }) => wrong === null,
    submit: async edited => {
      const { wrong } = await repository.client.settings.checkGuards(edited.text);
      if (wrong !== null) {
        throw new Error(trans.__('This cannot be read as guards: %1.', wrong));
      }
      const file = { path: GUARDS_PATH, content: new Blob([edited.text]) };
      const message = trans.__('Guards of %1', destination);
      await repository.commitOnNewBranch(edited.branch, destination, file, message);
      committed = edited.branch;
    }
  });
  return committed;
}

/** Has the text checked as it is typed. Where that cannot be asked, committing tells. */
function useCheck(text: string, onChange: FormProps<EditedGuards>['onChange']): void {
  const { databranch } = useLab();
  const { settings } = databranch.client;
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
  });
  useEffect(() => {
    const given = new AbortController();
    settings.checkGuards(text, given.signal).then(
      ({ wrong }) => given.signal.aborted || tell.current({ wrong }),
      () => undefined
    );
    return () => given.abort();
  }, [settings, text]);
}

function GuardsForm({ value, onChange }: FormProps<EditedGuards>): JSX.Element {
  const { trans } = useLab();
  const { text, wrong } = value;
  useCheck(text, onChange);
  return (
    <>
      <Field label={GUARDS_PATH}>
        {id => (
          <>
            {/* A plain field: Tab leaves it, and every screen reader knows how to go through its lines. */}
            <textarea
              id={id}
              className="jp-db-Input jp-mod-code"
              rows={ROWS_SHOWN}
              wrap="off"
              spellCheck={false}
              value={text}
              aria-invalid={wrong !== null}
              aria-describedby={`${id}-checked`}
              onChange={event => onChange({ text: event.target.value })}
            />
            <p
              id={`${id}-checked`}
              role="status"
              className={`jp-db-Checked ${wrong === null ? '' : 'jp-mod-wrong'}`}
            >
              {wrong === null
                ? trans.__('This can be read as guards.')
                : trans.__('This cannot be read as guards: %1.', wrong)}
            </p>
          </>
        )}
      </Field>
      <TextField
        label={trans.__('Commit on a new branch')}
        value={value.branch}
        onChange={branch => onChange({ branch })}
        required
        pattern={NAME_PATTERN}
        placeholder={trans.__('e.g. guards')}
        hint={trans.__(
          'They count once this branch is merged into %1, which is asked next.',
          value.destination
        )}
      />
    </>
  );
}
