import type { LabIcon } from '@jupyterlab/ui-components';

const known = new Map<string, string>();

/** What is drawn of an icon. Line breaks between its shapes would be text of the button that it is in. */
export function iconAsHtml({ svgstr }: LabIcon): string {
  let dense = known.get(svgstr);
  if (dense === undefined) {
    known.set(svgstr, (dense = svgstr.trim().replace(/>\s+</g, '><')));
  }
  return dense;
}
