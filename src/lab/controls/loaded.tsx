import type { ReactNode } from 'react';
import { useLab, useModel } from '../context.js';
import type { Resource } from '../model/resource.js';
import { Busy, Failure } from './message.js';

/** Shows what was read, or why there is nothing: being read, failed. What was read before stays below a failure. */
export function Loaded<T>(props: {
  resource: Resource<T>;
  /** What failed when it could not be read, e.g. "The rules could not be read." */
  failed: string;
  children(value: T): ReactNode;
}): JSX.Element {
  const { trans } = useLab();
  const resource = useModel(props.resource);
  const { value, error } = resource;
  const failure = error && (
    <Failure title={props.failed} error={error} onRetry={() => void resource.refresh()} />
  );
  if (value === undefined) {
    return failure ?? <Busy>{trans.__('Reading …')}</Busy>;
  }
  return (
    <>
      {failure}
      {props.children(value)}
    </>
  );
}
