import type { FastifyInstance } from 'fastify';
import type { GuardRules, GuardsChecked, GuardsOfRef } from '../../protocol/databranch.js';
import type { Guard } from '../rows/guards/guard-rules.js';
import { readGuards, type ReadGuards } from '../rows/guards/guards-file.js';
import type { RestContext } from './context.js';
import { rowsOf } from './observed.js';
import { object, text } from './schemas.js';
import type { AtRef } from './schemas.js';

/** Our additions: the guards of a ref as they are committed, and whether a text can be read as guards. */
export function guards(app: FastifyInstance, context: RestContext): void {
  app.get<{ Params: AtRef }>(
    '/databranch/repositories/:repository/refs/:ref/guards',
    async (request): Promise<GuardsOfRef> => {
      const { repository, ref } = request.params;
      const { commitId, origin, text: file, ...read } = await rowsOf(context).guards(repository, ref);
      return { ref, commit_id: commitId, origin, text: file ?? null, ...checked(read) };
    }
  );

  app.post<{ Body: { text: string } }>(
    '/databranch/guards/check',
    { schema: { body: object({ text }, 'text') } },
    async (request): Promise<GuardsChecked> => checked(readGuards(request.body.text))
  );
}

function checked({ guards, wrong }: ReadGuards): GuardsChecked {
  return { guards: guards.map(rulesOf), wrong: wrong ?? null };
}

function rulesOf(guard: Guard): GuardRules {
  return {
    path: guard.path,
    level: guard.level,
    no_added_duplicates: guard.noAddedDuplicates?.keys ?? null,
    max_row_loss: guard.maxRowLoss ?? null,
    max_row_growth: guard.maxRowGrowth ?? null,
    schema: guard.schema ?? null,
    required_columns: guard.requiredColumns ?? null,
    not_null: guard.notNull ?? null
  };
}
