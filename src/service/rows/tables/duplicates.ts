import { createHash } from 'node:crypto';

import { cell, integer } from '../engine/cells.js';
import type { EngineQueries } from '../engine/engine.js';
import { NotCompared, rowsIdOf, type EngineFile, type EngineFiles } from '../engine/engine-files.js';
import { ENGINE_VERSION } from '../engine/form.js';
import { kindOf } from '../formats/format.js';
import type { Job } from '../counting/job.js';
import type { Kept } from '../counting/kept.js';
import { duplicatesKey } from '../counting/keys.js';
import { READERS } from '../formats/reader.js';
import type { Place } from '../counting/statistics.js';
import { tableOf, type TableFile, type TableForm } from './table.js';
import { chosenColumns } from './table-files.js';

/** How many rows are there more than once. */
export interface DuplicateFigures {
  /** Rows beyond the first of each: what removing duplicates would remove. */
  duplicates: number;
  /** Different rows that are there more than once. */
  repeated: number;
  /** `duplicates` on the left side. */
  baseDuplicates: number;
  /** Of `duplicates`, those that the left side has not. */
  added: number;
}

export interface DuplicateExample {
  rows: number;
  baseRows: number;
  cells: (string | null)[];
}

export interface Duplicates extends DuplicateFigures {
  /** Of the examples' cells. */
  columns: string[];
  examples: DuplicateExample[];
}

export interface DuplicateQuestion {
  /** What is on either side. */
  files: TableFile[];
  form: TableForm;
  /** Rows are the same where these are; empty: where all columns are. */
  keys: string[];
  /** How many to give. */
  examples: number;
}

/** Raise it when the same rows may give other figures. */
const RULES_VERSION = 1;

/** Counts rows that occur more than once, exactly: every row is compared. */
export class DuplicateCount {
  constructor(
    private readonly records: Kept,
    private readonly engineFiles: EngineFiles
  ) {}

  /**
   * Cost: reads every row of the files once, however often they are there; the figures are kept, so that the same
   * question without examples costs nothing.
   * @throws NotCompared
   */
  async of(place: Place, question: DuplicateQuestion, job: Job): Promise<Duplicates> {
    const keeping = this.records.keeping();
    const kept = await this.kept(place, question);
    if (kept && (question.examples === 0 || kept.duplicates === 0)) {
      return { ...kept, columns: [], examples: [] };
    }
    const { files, form } = question;
    job.expect(files.length);
    const count = async (readied: EngineFile[], queries: EngineQueries): Promise<Duplicates> => {
      const table = await tableOf(files, readied, form, queries);
      return countIn(table, question, queries);
    };
    const found = files.length === 0 ? NONE : await this.engineFiles.use(place, files, count, job);
    job.advance(files.length);
    const { columns: _, examples: __, ...figures } = found;
    // What was found of the right side beside a base holds without the base, too.
    const { duplicates, repeated } = figures;
    keeping.add([
      keep(place, alone(question), { duplicates, repeated, baseDuplicates: 0, added: duplicates }),
      keep(place, question, figures)
    ]);
    return found;
  }

  /** What was found before; nothing is read. */
  async kept(place: Place, question: DuplicateQuestion): Promise<DuplicateFigures | undefined> {
    const [value] = await this.records.get([keyOf(place, question)]);
    return value && (JSON.parse(value.toString()) as DuplicateFigures);
  }
}

/** The question of the right side's files alone. */
function alone(question: DuplicateQuestion): DuplicateQuestion {
  const files = question.files.filter(({ right }) => right > 0).map(file => ({ ...file, left: 0 }));
  return { ...question, files };
}

function keep(place: Place, question: DuplicateQuestion, figures: DuplicateFigures) {
  return { key: keyOf(place, question), value: Buffer.from(JSON.stringify(figures)) };
}

const NONE: Duplicates = {
  duplicates: 0,
  repeated: 0,
  baseDuplicates: 0,
  added: 0,
  columns: [],
  examples: []
};

async function countIn(
  table: Awaited<ReturnType<typeof tableOf>>,
  { files, keys, examples }: DuplicateQuestion,
  { query }: EngineQueries
): Promise<Duplicates> {
  const shown = keys.length > 0 ? chosenColumns(table.columns, keys) : table.columns;
  const identity = keys.length > 0 ? shown.map(column => column.identity) : table.identity;
  const groups = identity.map((expression, i) => `${expression} AS g${i}`);
  // What is equal may still be written in two ways: any of them will do. Of DOUBLE, what it is compared by.
  const values = shown.map(({ value, identity: meaning, type }, i) => {
    const at = identity.indexOf(meaning);
    return at >= 0 && (meaning === value || type === 'DOUBLE')
      ? `g${at} AS v${i}`
      : `any_value(${value}) AS v${i}`;
  });
  const grouped =
    `SELECT ${[...groups, ...(examples > 0 ? values : []), 'sum(l)::BIGINT AS l', 'sum(r)::BIGINT AS r'].join(', ')} ` +
    `FROM ${table.from} GROUP BY ${identity.map((_, i) => `g${i}`).join(', ')}`;
  const surplus = (side: string) => `greatest(${side} - 1, 0)`;
  const added = `greatest(${surplus('r')} - ${surplus('l')}, 0)`;
  const best =
    `arg_max({${['l', 'r', ...shown.map((_, i) => `v${i}`)].map(name => `${name}: ${name}`).join(', ')}}, ` +
    `${added} * 1000000000 + r, ${examples}) FILTER (r > 1)`;
  const cells = shown.map((_, i) => cell(`e.v${i}`));
  const list = `list_transform(examples, lambda e: [e.l::VARCHAR, e.r::VARCHAR, ${cells.join(', ')}])`;
  const [row] = await query(
    `SELECT * ${examples > 0 ? `REPLACE (${list} AS examples)` : ''} FROM (
       SELECT sum(l) AS base_rows, sum(r) AS rows, sum(${surplus('r')}) AS duplicates,
         count(*) FILTER (r > 1) AS repeated, sum(${surplus('l')}) AS base_duplicates, sum(${added}) AS added
         ${examples > 0 ? `, ${best} AS examples` : ''}
       FROM (${grouped}))`
  );
  check(files, { left: integer(row!, 'base_rows'), right: integer(row!, 'rows') });
  return {
    duplicates: integer(row!, 'duplicates'),
    repeated: integer(row!, 'repeated'),
    baseDuplicates: integer(row!, 'base_duplicates'),
    added: integer(row!, 'added'),
    columns: examples > 0 ? shown.map(({ name }) => name) : [],
    examples: ((row!['examples'] ?? []) as (string | null)[][]).map(([l, r, ...rest]) => ({
      baseRows: Number(l),
      rows: Number(r),
      cells: rest
    }))
  };
}

/** @throws NotCompared where the engine reads other rows than were counted */
export function check(files: TableFile[], seen: { left: number; right: number }): void {
  for (const side of ['left', 'right'] as const) {
    const counted = files.reduce((sum, file) => sum + file.statistics.rows * file[side], 0);
    if (seen[side] !== counted) {
      throw new NotCompared(`the engine sees ${seen[side]} rows in it, not ${counted}`);
    }
  }
}

function keyOf({ uid }: Place, { files, form, keys }: DuplicateQuestion): Buffer {
  const contents = files
    .map(file => {
      const { path, partition, left, right } = file;
      const kind = kindOf(path)!;
      return [kind, READERS[kind].version, rowsIdOf(file), partition, left, right].join('\t');
    })
    .sort();
  // Which columns there are, the contents say; text is compared by its form.
  const how = form.kind === 'text' ? form : form.kind;
  const asked = JSON.stringify([RULES_VERSION, ENGINE_VERSION, how, [...keys].sort(), contents]);
  return duplicatesKey(uid, createHash('sha256').update(asked).digest());
}
