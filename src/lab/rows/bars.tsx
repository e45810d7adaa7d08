/** Rows of the base and of the other side as two bars on one scale. The numbers beside them say the same. */
export function Bars(props: {
  left: number | null;
  right: number | null;
  /** The number of rows that fills the width. */
  scale: number;
  tone: string;
}): JSX.Element {
  const width = (rows: number | null): string =>
    `${Math.max(rows ? 1 : 0, (100 * (rows ?? 0)) / (props.scale || 1))}%`;
  return (
    <div className="jp-db-Bars" aria-hidden>
      <div className="jp-db-Bar" style={{ width: width(props.left) }} />
      <div className={`jp-db-Bar jp-mod-right jp-mod-${props.tone}`} style={{ width: width(props.right) }} />
    </div>
  );
}
