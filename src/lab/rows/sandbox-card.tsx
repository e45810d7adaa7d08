import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactNode } from 'react';
import type { RefusedWrite } from '../../protocol/sandboxes.js';
import { ChangeMark } from '../controls/change-mark.js';
import { Glyph } from '../controls/glyph.js';
import { formatCount } from '../format.js';
import { branchIcon } from '../icons.js';
import { ComparisonTable } from './comparison-table.js';
import { findingOf } from './findings.js';
import type { SandboxPayload } from './sandbox-payload.js';

/** Below a sandbox cell: what it did, what it was kept from doing, and what can become of it. */
export function SandboxCard(props: {
  payload: SandboxPayload;
  trans: TranslationBundle;
  /** What can be done, or what was done. */
  children?: ReactNode;
}): JSX.Element {
  const { payload, trans } = props;
  const { branch, source, into, seconds, untouched, failed, datasets, refused } = payload;
  // The table says the rest.
  const finding = datasets && findingOf(datasets, trans);
  const facts = [
    trans.__('from %1', source),
    trans.__('ran %1 s', new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(seconds)),
    untouched
      ? trans.__('%1 was not touched', into)
      : trans.__('%1 was changed meanwhile, not by this cell', into)
  ];
  return (
    <section className="jp-db-Sandbox" aria-label={trans.__('Sandbox %1', branch)}>
      <header className="jp-db-Sandbox-header">
        <Glyph of={branchIcon} />
        <strong>{branch}</strong>
        {failed && <span className="jp-db-Chip jp-mod-warn">{trans.__('the cell failed')}</span>}
        <span className="jp-db-Muted">{facts.join(' · ')}</span>
      </header>
      <div className="jp-db-Sandbox-body">
        {refused.length > 0 && <Refusals {...payload} trans={trans} />}
        {finding?.tone === 'warn' && (
          <div className="jp-db-Banner jp-mod-warn" role="note">
            <strong>{finding.title}</strong>
          </div>
        )}
        {datasets && datasets.length > 0 && (
          <ComparisonTable datasets={datasets} left={source} right={branch} trans={trans} />
        )}
        <Objects {...payload} trans={trans} />
        {payload.notes.map(note => (
          <p key={note} className="jp-db-Sandbox-note">
            {note}
          </p>
        ))}
      </div>
      {props.children && <footer className="jp-db-Sandbox-footer">{props.children}</footer>}
    </section>
  );
}

/** Writes elsewhere that did not happen, each named. */
function Refusals(props: {
  refused: readonly RefusedWrite[];
  refused_more: boolean;
  repository: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { refused, refused_more: more, repository, trans } = props;
  const name = ({ branch, repository: other, path, request }: RefusedWrite): string => {
    if (branch === null) {
      return request;
    }
    const where = other === repository ? branch : trans.__('%1 of %2', branch, other);
    return path === '' ? where : trans.__('%1 on %2', path, where);
  };
  return (
    <div className="jp-db-Banner jp-mod-error" role="note">
      <strong>
        {trans._n('%1 write elsewhere was refused:', '%1 writes elsewhere were refused:', refused.length)}
      </strong>
      <ul>
        {refused.map(each => (
          <li key={`${each.repository}/${each.branch}/${each.path}/${each.request}`}>{name(each)}</li>
        ))}
        {more && <li>{trans.__('and others')}</li>}
      </ul>
    </div>
  );
}

function Objects({
  objects,
  trans
}: Pick<SandboxPayload, 'objects'> & { trans: TranslationBundle }): JSX.Element | null {
  const { count, more, first } = objects;
  if (count === 0) {
    return null;
  }
  const left = count - first.length;
  return (
    <details className="jp-db-Sandbox-objects">
      <summary>
        {more
          ? trans.__('At least %1 objects changed', formatCount(count))
          : trans._n('%1 object changed', '%1 objects changed', count)}
      </summary>
      <ul>
        {first.map(({ type, path }) => (
          <li key={path}>
            <ChangeMark type={type} trans={trans} /> {path}
          </li>
        ))}
        {left > 0 && <li className="jp-db-Muted">{trans.__('and %1 more', formatCount(left))}</li>}
      </ul>
    </details>
  );
}
