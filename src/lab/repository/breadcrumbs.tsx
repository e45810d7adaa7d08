import { useLab } from '../context.js';

/** The way from the top of a ref to a folder; each step opens it. */
export function Breadcrumbs(props: {
  root: string;
  path: string;
  onOpen(folder: string): void;
}): JSX.Element {
  const { trans } = useLab();
  const steps = props.path.split('/').filter(step => step !== '');
  return (
    <nav className="jp-db-Breadcrumbs" aria-label={trans.__('Folder')}>
      <button type="button" className="jp-db-Link" onClick={() => props.onOpen('')}>
        {props.root}
      </button>
      {steps.map((step, index) => {
        const folder = `${steps.slice(0, index + 1).join('/')}/`;
        return (
          <span key={folder}>
            <span aria-hidden> / </span>
            <button
              type="button"
              className="jp-db-Link"
              aria-current={index === steps.length - 1 ? 'location' : undefined}
              onClick={() => props.onOpen(folder)}
            >
              {step}
            </button>
          </span>
        );
      })}
    </nav>
  );
}
