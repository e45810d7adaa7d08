import type { ReactNode } from 'react';
import { useId } from 'react';

/** A labelled part of a form. */
export function Field(props: {
  label: string;
  /** A line below, on what belongs here. */
  hint?: string;
  children(id: string): ReactNode;
}): JSX.Element {
  const id = useId();
  return (
    <div className="jp-db-Field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
      {props.hint && <small>{props.hint}</small>}
    </div>
  );
}

/** A labelled line of text. `onChange` fires with every letter. */
export function TextField(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  hint?: string;
  required?: boolean;
  /** A regular expression that the value must match; `hint` then says what it asks. */
  pattern?: string;
  placeholder?: string;
}): JSX.Element {
  return (
    <Field label={props.label} hint={props.hint}>
      {id => (
        <input
          id={id}
          className="jp-db-Input"
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={props.value}
          required={props.required}
          pattern={props.pattern}
          title={props.pattern ? props.hint : undefined}
          placeholder={props.placeholder}
          onChange={event => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
