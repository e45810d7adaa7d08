import type { GuardFinding, MergedDataSet, MergePreview } from '../../../protocol/databranch.js';
import type { MergeCandidate } from '../../catalog/merges.js';
import type { Comparison } from '../comparing/comparison.js';
import type { CountedPairs } from '../datasets/counted-refs.js';
import type { FigureMap } from '../counting/figures.js';
import { mapLimited } from '../counting/job.js';
import { pageOf, type PageQuery } from './paging.js';
import { pathOf, type Pair } from '../datasets/pairs.js';
import { schemaChanges } from '../datasets/schema.js';

type Ends = Pick<MergeCandidate, 'source' | 'destination'> & {
  sourceCommitId: string;
  destinationCommitId: string;
  baseCommitId: string | null;
};

/** What a merge would make of the destination, data set by data set. */
export async function previewOf(
  candidate: MergeCandidate,
  { sides, pairs, after }: CountedPairs & { after: FigureMap },
  comparison: Comparison,
  guard: { origin: 'file' | 'default'; findings: GuardFinding[] },
  query: PageQuery
): Promise<MergePreview> {
  const { results, pagination } = pageOf(pairs, pathOf, query);
  const groups = after.groups();
  const total = (field: 'bytes' | 'files') => groups.reduce((sum, group) => sum + group[field], 0);
  return {
    ...endsOf({
      ...candidate,
      sourceCommitId: candidate.from.id,
      destinationCommitId: candidate.into.id,
      baseCommitId: candidate.base?.id ?? null
    }),
    conflicts: [],
    rows: pairs.reduce((sum, { right }) => sum + (right?.rows ?? 0), 0),
    bytes: total('bytes'),
    files: total('files'),
    ...(await objectsIn(sides.left.ground.tree, candidate)),
    guard: { ...guard, refuses: guard.findings.some(({ level }) => level === 'refuse') },
    datasets: await mapLimited(results, 1, pair => mergedDataSet(pair, comparison)),
    pagination
  };
}

/** The preview of a merge that would be refused because of conflicts. */
export function conflictPreview(ends: Ends, conflicts: string[]): MergePreview {
  return {
    ...endsOf(ends),
    conflicts,
    rows: 0,
    bytes: 0,
    files: 0,
    objects_added: 0,
    objects_changed: 0,
    objects_removed: 0,
    guard: { origin: 'default', refuses: false, findings: [] },
    datasets: [],
    pagination: pageOf([], String, {}).pagination
  };
}

function endsOf({ source, destination, sourceCommitId, destinationCommitId, baseCommitId }: Ends) {
  return {
    source,
    destination,
    source_commit_id: sourceCommitId,
    destination_commit_id: destinationCommitId,
    base_commit_id: baseCommitId
  };
}

async function objectsIn(
  tree: CountedPairs['sides']['left']['ground']['tree'],
  { into, root }: MergeCandidate
): Promise<Pick<MergePreview, 'objects_added' | 'objects_changed' | 'objects_removed'>> {
  let [objects_added, objects_changed, objects_removed] = [0, 0, 0];
  for await (const { left, right } of tree.diff(into.root, root)) {
    if (!left) {
      objects_added++;
    } else if (!right) {
      objects_removed++;
    } else {
      objects_changed++;
    }
  }
  return { objects_added, objects_changed, objects_removed };
}

async function mergedDataSet(pair: Pair, comparison: Comparison): Promise<MergedDataSet> {
  const { left, right } = pair;
  const { path, verdict, basis, message } = await comparison.of(pair);
  return {
    path,
    format: (right ?? left)!.format,
    rows_before: left?.rows ?? null,
    rows_after: right?.rows ?? null,
    bytes_before: left?.bytes ?? 0,
    bytes_after: right?.bytes ?? 0,
    files_before: left?.files ?? 0,
    files_after: right?.files ?? 0,
    columns: right?.columns ?? [],
    schema_changes: left && right ? schemaChanges(left.columns, right.columns) : [],
    verdict,
    basis,
    message
  };
}
