import { isAlias, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** Where a branch keeps its guards. Paths with such a beginning hold no data (`isCounted`). */
export const GUARDS_PATH = '_databranch/guards.yaml';
/** Far more than anybody writes by hand. */
export const GUARDS_BYTES_MAX = 64 * 1024;

/** What a rule allows: so many rows, or so many percent of those that were there. */
export type Limit = { rows: number } | { percent: number };

export interface Guard {
  /** Of data sets' folders. */
  path: string;
  /** `warn`: is shown, and refuses nothing. */
  level: 'refuse' | 'warn';
  /** Columns by which rows are the same; empty: by all. */
  noAddedDuplicates?: { keys: string[] };
  maxRowLoss?: Limit;
  maxRowGrowth?: Limit;
  schema?: 'compatible' | 'identical';
  requiredColumns?: string[];
  notNull?: string[];
}

/** Holds where a branch has no guards of its own: duplicates are said, and nothing is refused. */
export const DEFAULT_GUARDS: Guard[] = [{ path: '**', level: 'warn', noAddedDuplicates: { keys: [] } }];

/** The file says something that is no guard; the message is a sentence that names the place. */
export class WrongGuards extends Error {
  override name = 'WrongGuards';
}

/**
 * Reads guards:
 *
 * ```yaml
 * guards:
 *   - path: reviews/**
 *     no_added_duplicates: true      # or the columns by which rows are the same: [id]
 *     max_row_loss: 10%              # or a number of rows
 *     max_row_growth: 50%
 *     schema: compatible             # or identical
 *     required_columns: [id, title]
 *     not_null: [id]
 *     level: refuse                  # or warn
 * ```
 *
 * @throws WrongGuards, also for aliases, anchors and tags: a guard means what it says where it stands
 */
export function guardsFrom(text: string): Guard[] {
  if (Buffer.byteLength(text) > GUARDS_BYTES_MAX) {
    throw new WrongGuards(`it has more than ${GUARDS_BYTES_MAX / 1024} KiB`);
  }
  const root = parsed(text);
  if (root === null) {
    return [];
  }
  const { guards, ...rest } = mapping(root, 'the file');
  refuseOthers(rest, 'the file', ['guards']);
  if (guards === undefined || guards === null) {
    return [];
  }
  if (!Array.isArray(guards)) {
    throw new WrongGuards('guards must be a list, each with a path and rules');
  }
  return guards.map((guard, i) => guardFrom(guard, `guard ${i + 1}`));
}

function parsed(text: string): unknown {
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'error'
    });
    refuseReferences(document, lines);
    const [error] = document.errors;
    if (error) {
      throw new WrongGuards(`line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
    }
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    if (error instanceof RangeError) {
      throw new WrongGuards('it is nested too deeply');
    }
    throw error;
  }
}

function refuseReferences(document: Document, lines: LineCounter): void {
  visit(document, {
    Node(_, node) {
      const what = isAlias(node)
        ? 'an alias (put a pattern that begins with * in quotes)'
        : 'anchor' in node && node.anchor !== undefined
          ? 'an anchor'
          : node.tag !== undefined
            ? `the tag ${node.tag}`
            : undefined;
      if (what !== undefined) {
        throw new WrongGuards(`line ${lines.linePos(node.range?.[0] ?? 0).line}: it has ${what}`);
      }
    }
  });
}

const RULES = [
  'path',
  'level',
  'no_added_duplicates',
  'max_row_loss',
  'max_row_growth',
  'schema',
  'required_columns',
  'not_null'
];

function guardFrom(value: unknown, where: string): Guard {
  const rules = mapping(value, where);
  refuseOthers(rules, where, RULES);
  const { path } = rules;
  if (typeof path !== 'string' || path === '') {
    throw new WrongGuards(`${where} needs a path: a pattern such as reviews/** for the folders it holds for`);
  }
  const at = `${where} (${path})`;
  const level = oneOf(rules['level'], ['refuse', 'warn'] as const, `level of ${at}`) ?? 'refuse';
  const duplicates = duplicatesRule(rules['no_added_duplicates'], at);
  const maxRowLoss = limit(rules['max_row_loss'], `max_row_loss of ${at}`);
  const maxRowGrowth = limit(rules['max_row_growth'], `max_row_growth of ${at}`);
  const schema = oneOf(rules['schema'], ['compatible', 'identical'] as const, `schema of ${at}`);
  const requiredColumns = names(rules['required_columns'], `required_columns of ${at}`);
  const notNull = names(rules['not_null'], `not_null of ${at}`);
  return {
    path,
    level,
    ...(duplicates && { noAddedDuplicates: duplicates }),
    ...(maxRowLoss && { maxRowLoss }),
    ...(maxRowGrowth && { maxRowGrowth }),
    ...(schema && { schema }),
    ...(requiredColumns && { requiredColumns }),
    ...(notNull && { notNull })
  };
}

function duplicatesRule(value: unknown, at: string): { keys: string[] } | undefined {
  if (value === undefined || value === null || value === false) {
    return undefined;
  }
  return { keys: value === true ? [] : names(value, `no_added_duplicates of ${at}`)! };
}

/** `10%`, or a number of rows. */
function limit(value: unknown, what: string): Limit | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    return { rows: value };
  }
  const percent = typeof value === 'string' ? /^(\d{1,9}(?:\.\d{1,9})?)\s?%$/.exec(value) : null;
  if (percent) {
    return { percent: Number(percent[1]) };
  }
  throw new WrongGuards(`${what} must be a number of rows, or a share such as 10%`);
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], what: string): T | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const found = allowed.find(one => one === value);
  if (found === undefined) {
    throw new WrongGuards(`${what} must be ${allowed.join(' or ')}`);
  }
  return found;
}

function names(value: unknown, what: string): string[] | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!Array.isArray(value) || value.length === 0 || value.some(name => typeof name !== 'string')) {
    throw new WrongGuards(`${what} must be a list of columns, such as [id, title]`);
  }
  return value as string[];
}

function mapping(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WrongGuards(`${what} must be names with values`);
  }
  return value as Record<string, unknown>;
}

function refuseOthers(value: Record<string, unknown>, what: string, allowed: string[]): void {
  const other = Object.keys(value).find(name => !allowed.includes(name));
  if (other !== undefined) {
    throw new WrongGuards(`${what} has "${other}", which is none of ${allowed.join(', ')}`);
  }
}
