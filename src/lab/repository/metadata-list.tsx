import { useLab } from '../context.js';

/** User metadata of a commit or an object, as names and values; nothing where there is none. */
export function MetadataList({
  metadata
}: {
  metadata: Record<string, string> | undefined;
}): JSX.Element | null {
  const { trans } = useLab();
  const entries = Object.entries(metadata ?? {});
  return entries.length === 0 ? null : (
    <dl className="jp-db-Facts" aria-label={trans.__('Metadata')}>
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
