import { useLab } from '../context.js';

/** Narrows a list to the names that begin with what is typed. */
export function NameFilter(props: { value: string; onChange(value: string): void }): JSX.Element {
  const { trans } = useLab();
  return (
    <input
      className="jp-db-Input"
      type="search"
      aria-label={trans.__('Names that begin with')}
      placeholder={trans.__('Names that begin with …')}
      value={props.value}
      onChange={event => props.onChange(event.target.value)}
    />
  );
}
