import { useId } from 'react';

/** A choice of one out of a few, side by side; the arrow keys change it. */
export function Segmented<T extends string>(props: {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  onChange(value: T): void;
}): JSX.Element {
  const name = useId();
  return (
    <span className="jp-db-Segmented" role="radiogroup" aria-label={props.label}>
      {props.options.map(({ value, label }) => (
        <label key={value} className={value === props.value ? 'jp-mod-chosen' : ''}>
          <input
            className="jp-db-Hidden"
            type="radio"
            name={name}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          {label}
        </label>
      ))}
    </span>
  );
}
