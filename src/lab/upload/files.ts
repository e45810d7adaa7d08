import type { FileToUpload } from '../model/uploads.js';

/** Asks the user for files, or for a folder, with the browser's own dialog; none when it is cancelled. */
export function chooseFiles(what: 'files' | 'folder' = 'files'): Promise<FileToUpload[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = what === 'folder';
  return new Promise(resolve => {
    input.addEventListener('change', () =>
      resolve([...(input.files ?? [])].map(file => ({ path: file.webkitRelativePath || file.name, file })))
    );
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** Whether a drag from outside the browser brings files. */
export function bringsFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/** The files that were dropped; those in folders get the folder's name before theirs. */
export async function droppedFiles(transfer: DataTransfer): Promise<FileToUpload[]> {
  // The list of items is emptied when the event is over: take the entries before waiting for anything.
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(isPresent);
  if (entries.length === 0) {
    return [...transfer.files].map(file => ({ path: file.name, file }));
  }
  return (await Promise.all(entries.map(filesOf))).flat();
}

function isPresent<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

async function filesOf(entry: FileSystemEntry): Promise<FileToUpload[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  // A reader gives a folder in portions; an empty portion is the end.
  for (let portion: FileSystemEntry[]; (portion = await readEntries(reader)).length > 0;) {
    children.push(...portion);
  }
  return (await Promise.all(children.map(filesOf))).flat();
}

function readEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
