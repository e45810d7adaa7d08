import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ObjectStats } from '../../protocol/lakefs.js';
import { Busy, Failure } from '../controls/message.js';
import { Segmented } from '../controls/segmented.js';
import { useLab, useModel } from '../context.js';
import { formatBytes } from '../format.js';
import type { RepositoryModel } from '../model/repository.js';
import { Resource } from '../model/resource.js';
import type { PreviewKind } from './kind.js';
import { isTable, previewKindOf } from './kind.js';
import { holdsRecords, readPreview } from './read.js';

interface PreviewProps {
  repository: RepositoryModel;
  reference: string;
  object: ObjectStats;
}

/** What is in an object: the rows of a data file as a table, everything else by JupyterLab's own renderers. */
export function ObjectPreview(props: PreviewProps): JSX.Element {
  const { trans } = useLab();
  const { object } = props;
  const table = isTable(object);
  const kind = previewKindOf(object);
  if (table && object.size_bytes !== 0) {
    return kind ? <TableOrText {...props} kind={kind} table={table} /> : <LazyTable {...props} />;
  }
  return kind ? (
    <Content {...props} kind={kind} />
  ) : (
    <p className="jp-db-Muted">{trans.__('There is no preview of this kind of file.')}</p>
  );
}

/** A file of text with rows: first as what it is more likely read as. */
function TableOrText(props: PreviewProps & { kind: PreviewKind; table: true | 'maybe' }): JSX.Element {
  const { trans } = useLab();
  const { repository, reference, object, table } = props;
  const { path } = object;
  const [chosen, setChosen] = useState<'table' | 'text'>();
  const likely = useModel(
    useMemo(
      () =>
        new Resource(async signal =>
          table === 'maybe'
            ? holdsRecords(repository.client, { repository: repository.name, ref: reference, path }, signal)
            : true
        ),
      [repository, reference, path, table]
    )
  );
  useEffect(() => {
    likely.want();
    return () => likely.dispose();
  }, [likely]);
  if (likely.value === undefined && !likely.error) {
    return <Busy>{trans.__('Reading …')}</Busy>;
  }
  const shown = chosen ?? (likely.value ? 'table' : 'text');
  return (
    <>
      <Segmented
        label={trans.__('Show as')}
        value={shown}
        options={[
          { value: 'table', label: trans.__('Table') },
          { value: 'text', label: table === 'maybe' ? trans.__('JSON') : trans.__('Text') }
        ]}
        onChange={value => setChosen(value)}
      />
      {shown === 'table' ? <LazyTable {...props} /> : <Content {...props} />}
    </>
  );
}

/** The table with all that it is made of, which is fetched when somebody first looks at one. */
function LazyTable(props: PreviewProps): JSX.Element {
  const { trans } = useLab();
  const code = useModel(useMemo(() => new Resource(() => import('./table/table-preview.js')), []));
  useEffect(() => {
    code.want();
    return () => code.dispose();
  }, [code]);
  if (code.error) {
    return (
      <Failure
        title={trans.__('The table could not be loaded.')}
        error={code.error}
        onRetry={() => void code.refresh()}
      />
    );
  }
  return code.value ? <code.value.TablePreview {...props} /> : <Busy>{trans.__('Reading …')}</Busy>;
}

function Content(props: PreviewProps & { kind: PreviewKind }): JSX.Element {
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
