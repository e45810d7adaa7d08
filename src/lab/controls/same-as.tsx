import { useLab } from '../context.js';

/** Names another object with the same contents, beside the name of one. */
export function SameAs({ name }: { name: string }): JSX.Element {
  return <span className="jp-db-SameAs jp-db-Muted">{useLab().trans.__('same content as %1', name)}</span>;
}
