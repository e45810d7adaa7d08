import type { LabIcon } from '@jupyterlab/ui-components';
import { iconAsHtml } from './icon-html.js';

/**
 * An icon beside words, for the eye only. JupyterLab's own component makes a style for each and follows a signal: in a
 * long list that was most of what a row took.
 */
export function Glyph({
  of: icon,
  className = 'jp-db-Icon'
}: {
  of: LabIcon;
  className?: string;
}): JSX.Element {
  return <span className={className} aria-hidden dangerouslySetInnerHTML={{ __html: iconAsHtml(icon) }} />;
}
