import type { ArchiveFigures, FsckReport, GcFigures, GcResult } from '../../protocol/databranch.js';

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** What `databranch fsck` says in the end. */
export function reportSentence({ sound, checked, damage, collectable, expired }: FsckReport): string {
  const looked =
    [
      count(checked.repositories, 'repository', 'repositories'),
      count(checked.commits, 'commit'),
      count(checked.nodes, 'tree node'),
      count(checked.entries, 'entry', 'entries'),
      count(checked.blocks, 'content')
    ].join(', ') + ` (${amount(checked.bytes)} read)`;
  const verdict = sound ? 'The store is sound' : `The store is damaged: ${count(damage, 'finding')}`;
  const sentences = [`${verdict}. Checked: ${looked}.`];
  if (collectable > 0) {
    sentences.push(
      `Nothing needs ${count(collectable, 'record or file', 'records or files')}: 'databranch gc' frees the space.`
    );
  }
  if (expired > 0) {
    sentences.push(`Retention rules let go of ${count(expired, 'content')}.`);
  }
  return sentences.join('\n');
}

/** What was, or would be, removed from one repository. */
export function figuresSentence(figures: GcFigures, dryRun: boolean): string {
  const { repository, commits, nodes, blocks, files, bytes, refused } = figures;
  if (refused !== undefined) {
    return `${repository}: nothing was removed. ${refused}`;
  }
  const freed = dryRun ? 'would free' : 'freed';
  const what = [
    count(commits, 'commit'),
    count(nodes, 'tree node'),
    count(blocks, 'content'),
    count(files, 'file')
  ].join(', ');
  return `${repository}: ${freed} ${amount(bytes)} (${what})`;
}

/** The sum of a collection. */
export function collectionSentence({ dry_run: dryRun, repositories, leftovers }: GcResult): string {
  const bytes = repositories.reduce((sum, figures) => sum + figures.bytes, leftovers.bytes);
  const { layers, uploads, files } = leftovers;
  const left = layers + uploads + leftovers.repositories + files;
  const also = left > 0 ? `, with ${count(left, 'leftover')} of crashes` : '';
  return `${dryRun ? 'Would free' : 'Freed'} ${amount(bytes)} in all${also}.`;
}

/** What `databranch export` says in the end. */
export function exportSentence(repository: string, bytes: number, uncommitted: string[]): string {
  const done = `Exported ${repository} with its history (${amount(bytes)}).`;
  return uncommitted.length === 0
    ? done
    : `${done}\nUncommitted changes are not in it: commit those on ${uncommitted.join(', ')} and export again to have them.`;
}

/** What `databranch import` says in the end. */
export function importSentence({
  repository,
  branches,
  tags,
  commits,
  contents,
  bytes
}: ArchiveFigures): string {
  const what = [
    count(branches, 'branch', 'branches'),
    count(tags, 'tag'),
    count(commits, 'commit'),
    count(contents, 'content')
  ].join(', ');
  return `Imported ${repository}: ${what} (${amount(bytes)}).`;
}

/** "1 commit", "12,000 commits". */
function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** 1.2 GB: powers of 1,000. */
function amount(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}
