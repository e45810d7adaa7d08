import type { ReactNode } from 'react';
import { Button } from '../controls/button.js';
import { Busy, Failure } from '../controls/message.js';
import { useLab } from '../context.js';

/** A question that may take the service a while; {@link Resource} and {@link Listing} are such. */
export interface Asked {
  readonly wanted: boolean;
  readonly busy: boolean;
  readonly error: Error | undefined;
  want(): void;
  refresh(): Promise<void>;
  cancel(): void;
  clear(): void;
}

/** Asks the question, or takes its answer away. */
export function AskButton(props: {
  question: Asked;
  onAsk(): void;
  show: string;
  hide: string;
}): JSX.Element {
  const { question, onAsk, show, hide } = props;
  const ask = (): void => {
    onAsk();
    question.want();
  };
  return (
    <Button onClick={() => (question.wanted ? question.clear() : ask())}>
      {question.wanted ? hide : show}
    </Button>
  );
}

/** The answer to a question that somebody asked: under way and cancellable, failed with the reason, or there. */
export function Answer(props: {
  question: Asked;
  title: string;
  /** What is being done meanwhile, e.g. "Comparing rows …". */
  busy: string;
  /** What failed, e.g. "Rows could not be compared." */
  failed: string;
  /** The answer; nothing while there is none. */
  children: ReactNode;
}): JSX.Element | null {
  const { trans } = useLab();
  const { question, title } = props;
  if (!question.wanted) {
    return null;
  }
  return (
    <section className="jp-db-Answer" aria-label={title} aria-busy={question.busy}>
      <h3>{title}</h3>
      {question.error && !question.busy && (
        <Failure title={props.failed} error={question.error} onRetry={() => void question.refresh()} />
      )}
      {question.busy && (
        <div className="jp-db-Answer-busy" role="status">
          <Busy>{props.busy}</Busy>
          <Button onClick={() => question.cancel()}>{trans.__('Cancel')}</Button>
        </div>
      )}
      {props.children}
    </section>
  );
}

/** A table that may be wider than the view, within a frame that scrolls by keyboard too. */
export function WideTable(props: { label: string; children: ReactNode }): JSX.Element {
  return (
    <div className="jp-db-Wide" role="region" aria-label={props.label} tabIndex={0}>
      <table className="jp-db-Cells">{props.children}</table>
    </div>
  );
}

/** The names of a data set's columns, as heads of a table's columns. */
export function ColumnHeads({ columns }: { columns: readonly string[] }): JSX.Element {
  return (
    <>
      {columns.map(column => (
        <th key={column} scope="col">
          {column}
        </th>
      ))}
    </>
  );
}

/** A cell's text; NULL and the empty text are named, and look unlike a text of that name. */
export function CellText({ text }: { text: string | null }): JSX.Element {
  const { trans } = useLab();
  if (text === null || text === '') {
    return <span className="jp-db-Absent">{text === null ? 'null' : trans.__('empty')}</span>;
  }
  return <>{text}</>;
}
