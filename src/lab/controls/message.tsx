import type { ReactNode } from 'react';
import { useLab } from '../context.js';
import { explain } from '../errors.js';
import { formatCount } from '../format.js';
import type { Progress } from '../model/reading.js';
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

/** A line that says that something is being read, and how far that is where it is known. */
export function Busy(props: {
  children: ReactNode;
  progress?: Progress;
  /** Only the sign is in sight: the words, and how far it is, are for screen readers. */
  isSign?: boolean;
}): JSX.Element {
  const { trans } = useLab();
  const { files_done: done, files_total: total } = props.progress ?? { files_done: 0, files_total: 0 };
  const words = trans.__('%1 of %2 files', formatCount(done), formatCount(total));
  const told = (
    <>
      <span>{props.children}</span>
      {total > 0 && (
        <>
          <progress value={done} max={total} aria-label={words} />
          <span className="jp-db-Muted">{words}</span>
        </>
      )}
    </>
  );
  return (
    <p className="jp-db-Busy">
      <span className="jp-db-Spinner" aria-hidden />
      {props.isSign ? <span className="jp-db-Hidden">{told}</span> : told}
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
