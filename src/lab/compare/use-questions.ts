import { useEffect, useMemo, useState } from 'react';
import type { DataSetComparison } from '../../protocol/databranch.js';
import type { DataSetSides } from '../client/rows.js';
import { useModel } from '../context.js';
import type { BranchModel } from '../model/branch.js';
import type { RepositoryModel } from '../model/repository.js';
import { noneChosen, RowQuestions } from '../model/row-questions.js';

/**
 * Rows of both sides together up to which everything is asked at once: that is a moment's work for the service, and
 * so few different values are counted, not estimated, which tells the key columns.
 */
const ASKED_ROWS_MAX = 200_000;

/** The two sides of a comparison; a branch each, or null where that is none. */
export interface ComparedRefs {
  repository: RepositoryModel;
  left: string;
  right: string;
  leftBranch: BranchModel | null | undefined;
  rightBranch: BranchModel | null | undefined;
}

/** What may be asked about the rows of one data set, and where it is. */
export interface Questions {
  sides: DataSetSides;
  rows: RowQuestions;
}

/** The questions about a data set, told when a side moves, and given up when the view goes or shows another one. */
export function useQuestions(
  { repository, left, right, leftBranch, rightBranch }: ComparedRefs,
  comparison: DataSetComparison | undefined
): Questions | undefined {
  const { client, name } = repository;
  const { path, left_path, right_path, right_format: format = null } = comparison ?? {};
  // A data set that is written anew is gone for a moment, or comes back in another format: what was chosen holds still.
  const [chosen] = useState(() => new Map<string, ReturnType<typeof noneChosen>>());
  const questions = useMemo(() => {
    if (path === undefined) {
      return undefined;
    }
    const sides: DataSetSides = { repository: name, left, right, path };
    if (left_path && right_path && left_path !== right_path) {
      Object.assign(sides, { left_path, right_path });
    }
    const kept = chosen.get(path) ?? noneChosen();
    chosen.set(path, kept);
    return { sides, rows: new RowQuestions(client, sides, format, kept) };
  }, [client, name, left, right, path, left_path, right_path, format, chosen]);
  const rows = questions?.rows;
  useEffect(() => {
    const moved = (): void => rows?.sidesMoved();
    const signals = [repository.moved, leftBranch?.moved, rightBranch?.moved];
    signals.forEach(signal => signal?.connect(moved));
    return () => signals.forEach(signal => signal?.disconnect(moved));
  }, [rows, repository, leftBranch, rightBranch]);
  const { left_rows, right_rows } = comparison ?? {};
  const isSmall = (left_rows ?? 0) + (right_rows ?? 0) <= ASKED_ROWS_MAX;
  useEffect(() => {
    if (isSmall) {
      void rows?.askAll();
    }
  }, [rows, isSmall]);
  useEffect(() => () => rows?.dispose(), [rows]);
  useModel(rows);
  return questions;
}
