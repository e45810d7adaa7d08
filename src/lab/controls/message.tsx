import type { ReactNode } from 'react';
import { useLab } from '../context.js';
import { explain } from '../errors.js';
import { Button } from './button.js';

/** What stands where there is nothing: why, and what to do next. */
export function Empty(props: { title: string; children?: ReactNode; actions?: ReactNode }): JSX.Element {
  return (
    <div className="jp-db-Empty">
      <p className="jp-db-Empty-title">{props.title}</p>
      {props.children && <div className="jp-db-Empty-text">{props.children}</div>}
      {props.actions && <div className="jp-db-Empty-actions">{props.actions}</div>}
    </div>
  );
}

/** A line that says that something is being read. */
export function Busy(props: { children: ReactNode }): JSX.Element {
  return (
    <p className="jp-db-Busy">
      <span className="jp-db-Spinner" aria-hidden />
      {props.children}
    </p>
  );
}

/** Why a part of a view could not be read, with a way to try again. */
export function Failure(props: { title: string; error: unknown; onRetry(): void }): JSX.Element {
  const { trans } = useLab();
  return (
    <div className="jp-db-Failure" role="alert">
      <p>
        <strong>{props.title}</strong> {explain(props.error, trans)}
      </p>
      <Button onClick={props.onRetry}>{trans.__('Try again')}</Button>
    </div>
  );
}
