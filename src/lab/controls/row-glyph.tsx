import type { LabIcon } from '@jupyterlab/ui-components';
import type { CSSProperties } from 'react';

const known = new Map<LabIcon, CSSProperties>();

/** An icon in a row of a long list: one element, coloured through the icon's shape, where a `Glyph` is four. */
export function RowGlyph({ of: icon }: { of: LabIcon }): JSX.Element {
  return <span className="jp-db-RowGlyph" aria-hidden style={shapeOf(icon)} />;
}

function shapeOf(icon: LabIcon): CSSProperties {
  let shape = known.get(icon);
  if (!shape) {
    shape = { maskImage: `url("data:image/svg+xml,${encodeURIComponent(icon.svgstr)}")` };
    known.set(icon, shape);
  }
  return shape;
}
