import type { Contents } from '@jupyterlab/services';
import { labFiles } from '../../../src/lab/upload/lab-files';

const FOLDERS: Record<string, string[]> = { 'work/data': ['a.csv', 'deep/'], 'work/data/deep': ['b.csv'] };

function model(path: string): Contents.IModel {
  const isFolder = path.endsWith('/');
  const trimmed = path.replace(/\/$/, '');
  const name = trimmed.slice(trimmed.lastIndexOf('/') + 1);
  return { name, path: trimmed, type: isFolder ? 'directory' : 'file', size: 7 } as Contents.IModel;
}

const contents = {
  get: async (path: string) => ({ content: FOLDERS[path]!.map(name => model(`${path}/${name}`)) })
} as unknown as Contents.IManager;

test('files come with their names, those in folders with the way to them', async () => {
  const files = await labFiles(contents, [model('work/note.txt'), model('work/data/')]);
  expect(files.map(({ path, file }) => [path, file.size])).toEqual([
    ['note.txt', 7],
    ['data/a.csv', 7],
    ['data/deep/b.csv', 7]
  ]);
});
