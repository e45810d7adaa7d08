import { closeIcon } from '@jupyterlab/ui-components';
import { Button, IconButton } from '../controls/button.js';
import { useLab, useModel } from '../context.js';
import { explain } from '../errors.js';
import { formatCount } from '../format.js';

/** Failures named at once. */
const FAILURES_SHOWN = 5;

/** How the uploads go: which file of how many, and those that failed with the reason. */
export function UploadStrip(): JSX.Element | null {
  const { databranch, trans } = useLab();
  const uploads = useModel(databranch.uploads);
  const { items } = uploads;
  const failed = items.filter(({ state }) => state === 'failed');
  if (!uploads.busy && failed.length === 0) {
    return null;
  }
  const settled = items.filter(({ state }) => state !== 'waiting' && state !== 'sending').length;
  const sending = items.find(({ state }) => state === 'sending');
  return (
    <div className={`jp-db-Uploads ${failed.length > 0 ? 'jp-mod-failed' : ''}`}>
      {uploads.busy && (
        <>
          <div className="jp-db-Uploads-line">
            <span className="jp-db-Row-name">
              {trans.__(
                'Uploading %1 of %2',
                formatCount(Math.min(settled + 1, items.length)),
                formatCount(items.length)
              )}
              {sending && `: ${sending.path}`}
            </span>
            <Button kind="link" onClick={() => uploads.cancel()}>
              {trans.__('Cancel')}
            </Button>
          </div>
          <progress value={settled} max={items.length} aria-label={trans.__('Upload')} />
        </>
      )}
      {failed.length > 0 && (
        <>
          <div className="jp-db-Uploads-line">
            <strong>
              {trans._n('%1 file was not uploaded', '%1 files were not uploaded', failed.length)}
            </strong>
            <IconButton icon={closeIcon} label={trans.__('Dismiss')} onClick={() => uploads.clear()} />
          </div>
          <ul>
            {failed.slice(0, FAILURES_SHOWN).map(({ path, error }) => (
              <li key={path}>
                {path}: {explain(error, trans)}
              </li>
            ))}
          </ul>
          {!uploads.busy && <Button onClick={() => void uploads.retry()}>{trans.__('Try again')}</Button>}
        </>
      )}
    </div>
  );
}
