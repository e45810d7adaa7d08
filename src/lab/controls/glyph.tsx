import type { LabIcon } from '@jupyterlab/ui-components';

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
  return (
    <span className={className} aria-hidden dangerouslySetInnerHTML={{ __html: withoutText(icon.svgstr) }} />
  );
}

const known = new Map<string, string>();

/** Line breaks between the shapes would be text of the button that the icon is in. */
function withoutText(svg: string): string {
  let dense = known.get(svg);
  if (dense === undefined) {
    known.set(svg, (dense = svg.trim().replace(/>\s+</g, '><')));
  }
  return dense;
}
