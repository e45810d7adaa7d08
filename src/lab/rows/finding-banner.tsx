import type { TranslationBundle } from '@jupyterlab/translation';
import type { DataSetComparison } from '../../protocol/databranch.js';
import type { FindingContext } from './findings.js';
import { findingOf } from './findings.js';

/** The most important thing about a comparison, in two sentences above everything else. */
export function FindingBanner(
  props: FindingContext & {
    datasets: readonly DataSetComparison[];
    trans: TranslationBundle;
  }
): JSX.Element | null {
  const finding = findingOf(props.datasets, props.trans, props);
  return finding === null ? null : (
    <div className={`jp-db-Banner jp-mod-${finding.tone}`} role="note">
      <strong>{finding.title}</strong> {finding.detail} <span className="jp-db-Muted">{finding.basis}</span>
    </div>
  );
}
