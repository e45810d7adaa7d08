import type { TranslationBundle } from '@jupyterlab/translation';
import type { GuardFinding, MergePreview } from '../../protocol/databranch.js';
import { asSentence, showPath } from '../format.js';

/** What the guards of a branch do about a merge; the one that every branch has only warns. */
export function guardTitle(
  destination: string,
  { origin, refuses }: Pick<MergePreview['guard'], 'origin' | 'refuses'>,
  trans: TranslationBundle
): string {
  if (refuses) {
    return trans.__('The guards of %1 refuse this merge', destination);
  }
  return origin === 'file'
    ? trans.__('The guards of %1 warn', destination)
    : trans.__('Look at this before you merge into %1', destination);
}

/** What guards have against a merge, refusals first: the words of `%guard` and of `%merge`. */
export function GuardFindings(props: {
  findings: readonly GuardFinding[];
  trans: TranslationBundle;
}): JSX.Element {
  const { findings, trans } = props;
  const rank = ({ level }: GuardFinding): number => (level === 'refuse' ? 0 : 1);
  return (
    <ul className="jp-db-GuardFindings">
      {findings
        .toSorted((a, b) => rank(a) - rank(b))
        .map(finding => (
          <li key={`${finding.path} ${finding.rule}`}>
            <Level finding={finding} trans={trans} /> <strong>{showPath(finding.path)}</strong>{' '}
            <span className="jp-db-Muted">({finding.rule})</span> {asSentence(finding.message)}
          </li>
        ))}
    </ul>
  );
}

/** Not `jp-mod-error`: JupyterLab's dialogs cannot be accepted while that is anywhere in them. */
function Level({ finding, trans }: { finding: GuardFinding; trans: TranslationBundle }): JSX.Element {
  return finding.level === 'refuse' ? (
    <span className="jp-db-Chip jp-mod-refused">{trans.__('Refused')}</span>
  ) : (
    <span className="jp-db-Chip jp-mod-warn">{trans.__('Warning')}</span>
  );
}
