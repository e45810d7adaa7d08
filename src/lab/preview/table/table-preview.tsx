import { refreshIcon } from '@jupyterlab/ui-components';
import { useEffect, useMemo } from 'react';
import type { ObjectStats } from '../../../protocol/lakefs.js';
import { Button, IconButton } from '../../controls/button.js';
import { Busy, Empty, Failure } from '../../controls/message.js';
import { Segmented } from '../../controls/segmented.js';
import { useLab, useModel } from '../../context.js';
import { formatCount } from '../../format.js';
import type { RepositoryModel } from '../../model/repository.js';
import { ColumnChooser } from './column-chooser.js';
import { RowsGrid } from './rows-grid.js';
import type { RowsModel } from './rows-model.js';
import { TableModel } from './table-model.js';

/** Rows of a data file as a table. */
export function TablePreview(props: {
  repository: RepositoryModel;
  reference: string;
  object: Pick<ObjectStats, 'path' | 'checksum'>;
}): JSX.Element {
  const { trans } = useLab();
  const { repository, reference, object } = props;
  const { path, checksum } = object;
  const model = useModel(
    useMemo(() => {
      void checksum; // Another content is another table.
      return new TableModel(repository.client, { repository: repository.name, ref: reference, path });
    }, [repository, reference, path, checksum])
  );
  useEffect(() => {
    void model.refresh();
    return () => model.dispose();
  }, [model]);
  const { from, columns, allColumns, rows, busy } = model;
  return (
    <div className="jp-db-Table" aria-busy={busy}>
      <div className="jp-db-Table-bar">
        <Segmented
          label={trans.__('Rows')}
          value={from}
          options={[
            { value: 'first', label: trans.__('First') },
            { value: 'last', label: trans.__('Last') },
            { value: 'random', label: trans.__('Random') }
          ]}
          onChange={value => void model.show(value)}
        />
        {from === 'random' && (
          <IconButton
            icon={refreshIcon}
            label={trans.__('Other random rows')}
            onClick={() => void model.refresh()}
          />
        )}
        {allColumns && (
          <ColumnChooser columns={allColumns} chosen={columns} onChoose={names => void model.choose(names)} />
        )}
        <span className="jp-db-Spacer" />
        {rows && (
          <span className="jp-db-Muted" role="status">
            {busy ? trans.__('Reading …') : shapeOf(rows)}
          </span>
        )}
      </div>
      <Rows model={model} />
    </div>
  );

  function shapeOf({ numbers, fileRows }: RowsModel): string {
    return numbers.length === fileRows
      ? trans._n('%1 row', '%1 rows', fileRows, formatCount(fileRows))
      : trans.__('%1 of %2 rows', formatCount(numbers.length), formatCount(fileRows));
  }
}

function Rows({ model }: { model: TableModel }): JSX.Element {
  const { trans } = useLab();
  const { rows, error, fitting } = model;
  if (fitting) {
    return (
      <Empty
        title={trans.__('These rows are too large with all their columns')}
        actions={
          <Button kind="primary" onClick={() => void model.choose(fitting)}>
            {trans._n('Show the column that fits', 'Show the %1 columns that fit', fitting.length)}
          </Button>
        }
      >
        {trans.__('A preview reads 64 MB of a file at most. Fewer columns will do.')}
      </Empty>
    );
  }
  if (error) {
    return (
      <Failure
        title={trans.__('The rows could not be read.')}
        error={error}
        onRetry={() => void model.refresh()}
      />
    );
  }
  if (!rows) {
    return <Busy>{trans.__('Reading …')}</Busy>;
  }
  const { numbers, columns } = rows;
  const shape = trans.__(
    'Table of %1, %2: %3',
    trans._n('%1 row', '%1 rows', numbers.length),
    trans._n('%1 column', '%1 columns', columns.length),
    columns.map(({ name, type }) => `${name} (${type})`).join(', ')
  );
  return (
    <>
      <RowsGrid rows={rows} label={shape} />
      {rows.fileRows === 0 && <p className="jp-db-Muted">{trans.__('The file has no rows.')}</p>}
    </>
  );
}
