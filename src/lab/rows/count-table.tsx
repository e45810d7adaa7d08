import type { TranslationBundle } from '@jupyterlab/translation';
import type { RowsResult } from '../../protocol/databranch.js';
import { Glyph } from '../controls/glyph.js';
import { formatBytes, formatCount, showPath } from '../format.js';
import { dataSetIcon } from '../icons.js';

/** Rows per data set of one ref, as a notebook's output. */
export function CountTable({ result, trans }: { result: RowsResult; trans: TranslationBundle }): JSX.Element {
  return (
    <>
      <table className="jp-db-Rows">
        <thead>
          <tr>
            <th scope="col">{trans.__('Data set')}</th>
            <th scope="col" className="jp-db-Rows-count" title={result.ref}>
              {trans.__('Rows on %1', result.ref)}
            </th>
            <th scope="col" className="jp-db-Rows-count">
              {trans.__('Files')}
            </th>
            <th scope="col" className="jp-db-Rows-count">
              {trans.__('Size')}
            </th>
          </tr>
        </thead>
        <tbody>
          {result.datasets.map(({ path, format, rows, files, bytes }) => (
            <tr key={`${path}:${format}`}>
              <th scope="row" className="jp-db-Rows-name">
                <Glyph of={dataSetIcon} />
                <span>{showPath(path)}</span>
              </th>
              <td className="jp-db-Rows-count">{rows === null ? '?' : formatCount(rows)}</td>
              <td className="jp-db-Rows-count">{formatCount(files)}</td>
              <td className="jp-db-Rows-count">{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Unreadable files={result.unreadable} trans={trans} />
    </>
  );
}

/** Files that are named; the service itself names a hundred at most. */
const FILES_NAMED = 5;

/** Names files that could not be counted, with the reason: of many, the first ones. */
export function Unreadable(props: {
  files: RowsResult['unreadable'];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { files, trans } = props;
  const more = files.length - FILES_NAMED;
  return files.length === 0 ? null : (
    <ul className="jp-db-Unreadable" aria-label={trans.__('Files that could not be counted')}>
      {files.slice(0, FILES_NAMED).map(({ path, reason }) => (
        <li key={path}>
          <strong>{path}</strong>: {reason}
        </li>
      ))}
      {more > 0 && <li>{trans._n('… and %1 more file', '… and at least %1 more files', more)}</li>}
    </ul>
  );
}
