import type { FsckReport, GcFigures, GcResult } from '../../protocol/databranch.js';

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** What `databranch fsck` says in the end. */
export function reportSentence({ sound, checked, damage, collectable, expired }: FsckReport): string {
  const looked =
    `${checked.repositories} repositories, ${checked.commits} commits, ${checked.nodes} tree nodes, ` +
    `${checked.entries} entries, ${checked.blocks} contents (${amount(checked.bytes)} read)`;
  const rest = [
    ...(collectable > 0
      ? [`${collectable} records or files that nothing needs: 'databranch gc' removes them`]
      : []),
    ...(expired > 0 ? [`${expired} contents that retention rules let go`] : [])
  ];
  const verdict = sound ? 'The store is sound' : `The store is damaged: ${damage} findings`;
  return [`${verdict}. Checked: ${looked}.`, ...rest.map(each => `There are ${each}.`)].join('\n');
}

/** What was, or would be, removed from one repository. */
export function figuresSentence(figures: GcFigures, dryRun: boolean): string {
  const { repository, commits, nodes, blocks, files, bytes, refused } = figures;
  if (refused !== undefined) {
    return `${repository}: nothing was removed. ${refused}`;
  }
  const freed = dryRun ? 'would free' : 'freed';
  return `${repository}: ${freed} ${amount(bytes)} (${commits} commits, ${nodes} tree nodes, ${blocks} contents, ${files} files)`;
}

/** The sum of a collection. */
export function collectionSentence({ dry_run: dryRun, repositories, leftovers }: GcResult): string {
  const bytes = repositories.reduce((sum, figures) => sum + figures.bytes, leftovers.bytes);
  const { layers, uploads, files } = leftovers;
  const left = layers + uploads + leftovers.repositories + files;
  const also = left > 0 ? `, with ${left} leftovers of crashes` : '';
  return `${dryRun ? 'Would free' : 'Freed'} ${amount(bytes)} in all${also}.`;
}

/** 1.2 GB: powers of 1,000. */
function amount(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}
