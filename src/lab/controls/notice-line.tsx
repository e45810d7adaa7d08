import { closeIcon } from '@jupyterlab/ui-components';
import { useLab, useModel } from '../context.js';
import { Button, IconButton } from './button.js';

/** What failed last: what it was, why, what to do; nothing while all is well. */
export function NoticeLine(): JSX.Element | null {
  const { databranch, trans } = useLab();
  const { notices } = databranch;
  const { notice } = useModel(notices);
  return (
    notice && (
      <div className="jp-db-Notice jp-mod-error" role="alert">
        <p>
          <strong>{notice.title}</strong> {notice.detail}
        </p>
        {notice.retry && <Button onClick={notice.retry}>{trans.__('Try again')}</Button>}
        <IconButton icon={closeIcon} label={trans.__('Dismiss')} onClick={() => notices.clear()} />
      </div>
    )
  );
}
