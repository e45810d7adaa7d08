import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from '../controls/button.js';
import { Busy, Failure } from '../controls/message.js';
import { useLab, useModel } from '../context.js';
import type { IObservable } from '../model/observable.js';
import type { Progress } from '../model/reading.js';
import type { Tone } from '../rows/verdict.js';
import { useLongWork } from './long-work.js';

/** A question that may take the service a while; `Resource` and `Listing` are such. */
export interface Asked extends IObservable {
  readonly wanted: boolean;
  readonly busy: boolean;
  readonly error: Error | undefined;
  /** Whether it was given up. */
  readonly cancelled: boolean;
  readonly isDisposed: boolean;
  /** How far the service is; undefined until it tells. */
  readonly progress: Progress | undefined;
  want(): void;
  refresh(): Promise<void>;
  cancel(): void;
}

/**
 * One question about rows: its answer in a sentence, and what there is to see behind a button. Under way it can be
 * cancelled. Where there is an answer already, a sign beside it tells that it is read again, in a room that is kept for it:
 * nothing moves below the pointer of whoever reads. Failed it gives the reason.
 */
export function Answer(props: {
  question: Asked;
  title: string;
  /** The answer; undefined while there is none. */
  sentence: string | undefined;
  tone?: Tone;
  /** What the button says. */
  show: string;
  hide: string;
  /** Called when somebody looks closer. */
  onAsk(): void;
  /** What is being done meanwhile, e.g. "Comparing rows …". */
  busy: string;
  /** What failed, e.g. "Rows could not be compared." */
  failed: string;
  /** What can be done about it at once. */
  actions?: ReactNode;
  /** All there is to see, once there is an answer. */
  children: ReactNode;
}): JSX.Element {
  const { trans } = useLab();
  const { title, sentence, tone = 'muted' } = props;
  const question = useModel(props.question);
  const [isOpen, setOpen] = useState(false);
  useLongWork(question, props.busy, sentence === undefined ? title : `${title}: ${sentence}`);
  const toggle = (): void => {
    props.onAsk();
    question.want();
    setOpen(!isOpen);
  };
  const cancel = (): void => {
    question.cancel();
    setOpen(isOpen && question.wanted);
  };
  return (
    <section className="jp-db-Answer" aria-label={title} aria-busy={question.busy}>
      <header>
        <h3>{title}</h3>
        {sentence !== undefined && <p className={`jp-db-Answer-sentence jp-mod-${tone}`}>{sentence}</p>}
        <div className={`jp-db-Answer-side ${sentence === undefined ? '' : 'jp-mod-again'}`}>
          <div className="jp-db-Answer-busy" role="status" title={question.busy ? props.busy : undefined}>
            {question.busy && (
              <>
                <Busy progress={question.progress} isSign={sentence !== undefined}>
                  {props.busy}
                </Busy>
                <Button onClick={cancel}>{trans.__('Cancel')}</Button>
              </>
            )}
          </div>
          <Button expanded={isOpen} onClick={toggle}>
            {isOpen ? props.hide : props.show}
          </Button>
        </div>
      </header>
      {question.error && !question.busy && (
        <Failure title={props.failed} error={question.error} onRetry={() => void question.refresh()} />
      )}
      {sentence !== undefined && props.actions}
      {isOpen && sentence !== undefined && props.children}
    </section>
  );
}
