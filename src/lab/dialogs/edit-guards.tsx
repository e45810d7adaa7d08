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
    initial: { text: text ?? TEMPLATE, branch: '', destination },
    Form: GuardsForm,
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

function GuardsForm({ value, onChange }: FormProps<EditedGuards>): JSX.Element {
  const { trans } = useLab();
  return (
    <>
      <Field label={GUARDS_PATH}>
        {id => (
          <textarea
            id={id}
            className="jp-db-Input jp-mod-code"
            rows={ROWS_SHOWN}
            wrap="off"
            spellCheck={false}
            value={value.text}
            onChange={event => onChange({ text: event.target.value })}
          />
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
