import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { ObjectStats } from '../../protocol/lakefs.js';
import { Busy, Failure } from '../controls/message.js';
import { useLab, useModel } from '../context.js';
import { formatBytes } from '../format.js';
import type { RepositoryModel } from '../model/repository.js';
import { Resource } from '../model/resource.js';
import type { PreviewKind } from './kind.js';
import { previewKindOf } from './kind.js';
import { readPreview } from './read.js';

/** What is in an object, by JupyterLab's own renderers. */
export function ObjectPreview(props: {
  repository: RepositoryModel;
  reference: string;
  object: ObjectStats;
}): JSX.Element {
  const { trans } = useLab();
  const kind = previewKindOf(props.object);
  return kind ? (
    <Content {...props} kind={kind} />
  ) : (
    <p className="jp-db-Muted">{trans.__('There is no preview of this kind of file.')}</p>
  );
}

function Content(props: {
  repository: RepositoryModel;
  reference: string;
  object: ObjectStats;
  kind: PreviewKind;
}): JSX.Element {
  const { trans, rendermime } = useLab();
  const { repository, reference, object, kind } = props;
  const { path, checksum, size_bytes: size = 0 } = object;
  const preview = useModel(
    useMemo(() => {
      void checksum; // Another content is another preview.
      const place = { repository: repository.name, ref: reference, path, size };
      return new Resource(signal => readPreview(repository.client, place, kind, signal));
    }, [repository, reference, path, size, kind, checksum])
  );
  useEffect(() => {
    preview.want();
    return () => preview.dispose();
  }, [preview]);
  const { value, error } = preview;
  if (error) {
    return (
      <Failure
        title={trans.__('The object could not be read.')}
        error={error}
        onRetry={() => void preview.refresh()}
      />
    );
  }
  if (!value) {
    return <Busy>{trans.__('Reading …')}</Busy>;
  }
  switch (value.kind) {
    case 'binary':
      return <p className="jp-db-Muted">{trans.__('There is no preview of this kind of file.')}</p>;
    case 'too-large':
      return (
        <p className="jp-db-Muted">{trans.__('It is too large for a preview: %1.', formatBytes(size))}</p>
      );
    case 'content':
      return (
        <>
          {value.shownBytes !== null && (
            <p className="jp-db-Muted">
              {trans.__('The first %1 of %2', formatBytes(value.shownBytes), formatBytes(size))}
            </p>
          )}
          {size === 0 ? (
            <p className="jp-db-Muted">{trans.__('The object is empty.')}</p>
          ) : rendermime ? (
            <Rendered rendermime={rendermime} bundle={value.bundle} />
          ) : (
            <pre>{String(value.bundle['text/plain'] ?? '')}</pre>
          )}
        </>
      );
  }
}

/** A widget of JupyterLab's inside a component. Nothing in the data is trusted: it goes through the sanitizer. */
function Rendered(props: {
  rendermime: IRenderMimeRegistry;
  bundle: ReadonlyPartialJSONObject;
}): JSX.Element {
  const { rendermime, bundle } = props;
  const host = useRef<HTMLDivElement>(null);
  // A layout effect ends while its element is still in the document, as Lumino wants it.
  useLayoutEffect(() => {
    const mimeType = rendermime.preferredMimeType(bundle, 'ensure') ?? 'text/plain';
    const renderer = rendermime.createRenderer(mimeType);
    void renderer.renderModel(rendermime.createModel({ data: bundle, trusted: false }));
    Widget.attach(renderer, host.current!);
    return () => renderer.dispose();
  }, [rendermime, bundle]);
  return (
    <div className="jp-db-Preview-content jp-RenderedHTMLCommon" ref={host} tabIndex={0} role="document" />
  );
}
