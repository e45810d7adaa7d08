import type { GuardFinding, MergePreview } from '../../protocol/databranch.js';
import { useLab } from '../context.js';
import { showPath } from '../format.js';

/**
 * What the destination's guards have against a merge, and the way past them. The guard that every branch has only
 * warns of duplicates, which the rows above tell already.
 */
export function Guards(props: {
  destination: string;
  /** What is known before the merge is tried. */
  guard: MergePreview['guard'] | undefined;
  /** Whether a merge was refused by guards meanwhile. */
  refused: boolean;
  forced: boolean;
  onForce(forced: boolean): void;
}): JSX.Element | null {
  const { trans } = useLab();
  const { destination, guard, refused, forced, onForce } = props;
  const findings = guard?.origin === 'file' ? guard.findings : [];
  const refuses = refused || guard?.refuses === true;
  if (findings.length === 0 && !refuses) {
    return null;
  }
  return (
    <div className="jp-db-Guards" role="group" aria-label={trans.__('Guards of %1', destination)}>
      <strong>
        {refuses
          ? trans.__('The guards of %1 refuse this merge', destination)
          : trans.__('The guards of %1 warn', destination)}
      </strong>
      <ul>
        {findings.map(finding => (
          <li key={`${finding.path} ${finding.rule}`}>
            <Level finding={finding} /> <strong>{showPath(finding.path)}</strong> {finding.message}
          </li>
        ))}
      </ul>
      {refuses && (
        <label>
          <input type="checkbox" checked={forced} onChange={event => onForce(event.target.checked)} />
          {trans.__('Merge all the same; the history will say so')}
        </label>
      )}
    </div>
  );
}

/** Not `jp-mod-error`: JupyterLab's dialogs cannot be accepted while that is anywhere in them. */
function Level({ finding }: { finding: GuardFinding }): JSX.Element {
  const { trans } = useLab();
  return finding.level === 'refuse' ? (
    <span className="jp-db-Chip jp-mod-refused">{trans.__('refused')}</span>
  ) : (
    <span className="jp-db-Chip jp-mod-warn">{trans.__('warning')}</span>
  );
}
