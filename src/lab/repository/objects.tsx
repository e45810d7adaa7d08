import { useMemo, useState } from 'react';
import type { ObjectStats } from '../../protocol/lakefs.js';
import { PLACE_CLASS } from '../commands/context.js';
import { CommandIDs } from '../commands/ids.js';
import { Button } from '../controls/button.js';
import { Listed } from '../controls/listed.js';
import { Empty } from '../controls/message.js';
import { NameFilter } from '../controls/name-filter.js';
import { Picker } from '../controls/picker.js';
import { searchRefs } from '../controls/refs.js';
import { Windowed } from '../controls/windowed.js';
import { useLab } from '../context.js';
import { branchIcon } from '../icons.js';
import { Listing } from '../model/listing.js';
import { uploadTo } from '../upload/ask-upload.js';
import { bringsFiles, droppedFiles } from '../upload/files.js';
import { Breadcrumbs } from './breadcrumbs.js';
import type { TabProps } from './content.js';
import { ObjectDetail } from './object-detail.js';
import { isFolder, ObjectCells } from './object-row.js';
import { sameContents } from './same-content.js';
import { useBranch } from './use-branch.js';
import { useReading } from './use-reading.js';

const ROW_HEIGHT = 28;

/** Folders and objects of a ref. */
export function ObjectsTab({ repository, defaultBranch, place, go }: TabProps): JSX.Element {
  const lab = useLab();
  const { commands, trans } = lab;
  const ref = place.ref ?? defaultBranch;
  const path = place.path ?? '';
  const branch = useBranch(repository, ref);
  const [filter, setFilter] = useState('');
  const [dropping, setDropping] = useState(false);
  const prefix = path + filter;
  const listing = useReading(
    repository,
    useMemo(
      () =>
        new Listing(page =>
          repository.client.objects.list(repository.name, ref, { ...page, prefix, delimiter: '/' })
        ),
      [repository, ref, prefix]
    ),
    branch
  );

  const same = useMemo(() => sameContents(listing.items), [listing.items]);

  const openFolder = (folder: string): void => {
    setFilter('');
    go({ path: folder, object: undefined });
  };
  const open = (object: ObjectStats): void =>
    isFolder(object) ? openFolder(object.path) : go({ object: object.path });
  const here = { repository: repository.name, branch: ref, path };
  const upload = (): void => void commands.execute(CommandIDs.upload, here);

  return (
    <div
      className={`jp-db-Tab ${dropping ? 'jp-mod-dropping' : ''}`}
      onDragOver={event => {
        if (branch && bringsFiles(event.dataTransfer)) {
          event.preventDefault();
          setDropping(true);
        }
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
          setDropping(false);
        }
      }}
      onDrop={event => {
        setDropping(false);
        if (branch && bringsFiles(event.dataTransfer)) {
          event.preventDefault();
          void droppedFiles(event.dataTransfer).then(files => uploadTo(lab, branch, files, path));
        }
      }}
    >
      <div className="jp-db-Tab-bar">
        <Picker
          label={trans.__('Branch, tag or commit')}
          icon={branchIcon}
          value={ref}
          placeholder={trans.__('Choose a ref')}
          search={searchRefs(repository.client, repository.name, trans)}
          onPick={picked => go({ ref: picked, object: undefined })}
        />
        <NameFilter value={filter} onChange={setFilter} />
        <span className="jp-db-Spacer" />
        <Button
          onClick={() => void commands.execute(CommandIDs.uploadFolder, here)}
          disabled={!branch}
          title={branch === null ? trans.__('Only a branch takes uploads.') : undefined}
        >
          {trans.__('Upload Folder')}
        </Button>
        <Button
          kind="primary"
          onClick={upload}
          disabled={!branch}
          title={branch === null ? trans.__('Only a branch takes uploads.') : undefined}
        >
          {trans.__('Upload Object')}
        </Button>
      </div>
      <Breadcrumbs root={repository.name} path={path} onOpen={openFolder} />
      <Listed
        listing={listing}
        failed={trans.__('Objects could not be listed.')}
        empty={
          <Empty
            title={filter ? trans.__('No name begins with “%1”', filter) : trans.__('Nothing here yet')}
            actions={branch && !filter && <Button onClick={upload}>{trans.__('Upload Object')}</Button>}
          >
            {branch && !filter && trans.__('Drop files here, or write from a notebook.')}
          </Empty>
        }
      >
        <div className="jp-db-Split">
          <Windowed
            items={listing.items}
            rowHeight={ROW_HEIGHT}
            role="grid"
            label={trans.__('Objects')}
            className="jp-db-Grid"
            keyOf={object => object.path}
            onEnd={() => void listing.readAhead()}
            onRowKey={(event, object) => {
              if (event.key === 'Enter') {
                open(object);
              } else if (event.key === 'Backspace' && path !== '') {
                openFolder(parentOf(path));
              } else if (event.key === 'Delete' && branch) {
                void commands.execute(CommandIDs.deleteObjects, { ...here, path: object.path });
              }
            }}
            rowProps={object => ({
              className: `${PLACE_CLASS} ${isFolder(object) ? 'jp-db-Folder' : 'jp-db-Object'} ${object.path === place.object ? 'jp-mod-chosen' : ''}`,
              'aria-current': object.path === place.object ? true : undefined,
              'data-repository': repository.name,
              'data-ref': ref,
              ...(branch && { 'data-branch': ref }),
              'data-path': object.path,
              onDoubleClick: () => open(object)
            })}
            renderRow={(object, row) => (
              <ObjectCells
                object={object}
                name={object.path.slice(path.length)}
                sameAs={same.get(object.path)?.slice(path.length)}
                row={row}
                deletable={Boolean(branch)}
                place={{ repository: repository.name, ref, path: object.path }}
                onOpen={() => open(object)}
              />
            )}
          />
          {place.object !== undefined && (
            <ObjectDetail
              key={place.object}
              repository={repository}
              reference={ref}
              path={place.object}
              sameAs={same.get(place.object)}
              branch={branch}
              onClose={() => go({ object: undefined })}
              onRenamed={object => go({ object })}
            />
          )}
        </div>
      </Listed>
    </div>
  );
}

function parentOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
}
