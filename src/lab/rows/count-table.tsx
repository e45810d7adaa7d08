import type { TranslationBundle } from '@jupyterlab/translation';
import type { RowsResult } from '../../protocol/databranch.js';
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
                <dataSetIcon.react tag="span" className="jp-db-Icon" />
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

/** Names files that could not be counted, with the reason. */
export function Unreadable(props: {
  files: RowsResult['unreadable'];
  trans: TranslationBundle;
}): JSX.Element | null {
  return props.files.length === 0 ? null : (
    <ul className="jp-db-Unreadable" aria-label={props.trans.__('Files that could not be counted')}>
      {props.files.map(({ path, reason }) => (
        <li key={path}>
          <strong>{path}</strong>: {reason}
        </li>
      ))}
    </ul>
  );
}
