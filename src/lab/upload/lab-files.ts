import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import { RequestError } from '../requests.js';
import type { FileToUpload } from '../model/uploads.js';

/**
 * Files of JupyterLab's file browser, those in folders with the folder's name before theirs. They are listed here,
 * and fetched one by one when they are uploaded.
 *
 * @throws ServerConnection.ResponseError - when a folder cannot be listed
 */
export async function labFiles(
  contents: Contents.IManager,
  chosen: readonly Contents.IModel[]
): Promise<FileToUpload[]> {
  const found: FileToUpload[] = [];
  const walk = async (model: Contents.IModel, folder: string): Promise<void> => {
    const path = folder + model.name;
    if (model.type === 'directory') {
      const { content } = (await contents.get(model.path)) as { content: Contents.IModel[] };
      for (const child of content) {
        await walk(child, `${path}/`);
      }
    } else {
      const file = {
        size: model.size ?? 0,
        fetch: (signal: AbortSignal) => fetchFile(contents, model.path, signal)
      };
      found.push({ path, file });
    }
  };
  for (const model of chosen) {
    await walk(model, '');
  }
  return found;
}

async function fetchFile(contents: Contents.IManager, path: string, signal: AbortSignal): Promise<Blob> {
  const url = await contents.getDownloadUrl(path);
  const response = await ServerConnection.makeRequest(url, { signal }, contents.serverSettings);
  if (!response.ok) {
    throw new RequestError(response.status, await response.text());
  }
  return response.blob();
}
