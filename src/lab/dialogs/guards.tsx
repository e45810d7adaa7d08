import type { MergePreview } from '../../protocol/databranch.js';
import { useLab } from '../context.js';
import { GuardFindings, guardTitle } from '../rows/guard-findings.js';

/** What the destination's guards have against a merge, in the words of `%guard` and `%merge`, and the way past them. */
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
  const findings = guard?.findings ?? [];
  const refuses = refused || guard?.refuses === true;
  if (findings.length === 0 && !refuses) {
    return null;
  }
  return (
    <div className="jp-db-Guards" role="group" aria-label={trans.__('Guards of %1', destination)}>
      <strong>{guardTitle(destination, { origin: guard?.origin ?? 'file', refuses }, trans)}</strong>
      <GuardFindings findings={findings} trans={trans} />
      {refuses && (
        <label>
          <input type="checkbox" checked={forced} onChange={event => onForce(event.target.checked)} />
          {trans.__('Merge all the same; the history will say so')}
        </label>
      )}
    </div>
  );
}
