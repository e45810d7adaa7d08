import { createReadStream } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { RestContext } from './context.js';
import { clientGone } from './events.js';
import { answer, rowsOf } from './observed.js';
import { strategyOf } from './refs.js';
import { integer, object, oneOf, paging, text, textList } from './schemas.js';
import type { AtRef, InRepository } from './schemas.js';

interface TwoRefs extends InRepository {
  left: string;
  right: string;
}

interface PathQuery {
  path?: string;
  after?: string;
  amount?: number;
}

interface PathsQuery extends PathQuery {
  left_path?: string;
  right_path?: string;
}

const IN_REPOSITORY = '/databranch/repositories/:repository';
const path = { path: text };
const paths = { ...path, left_path: text, right_path: text };
const pages = { after: paging.after, amount: paging.amount };

/** Questions about single rows: which are there twice, which differ; as docs/databranch-api.yml describes them. */
export function rows(app: FastifyInstance, context: RestContext): void {
  app.get<{
    Params: AtRef;
    Querystring: PathQuery & { base?: string; keys?: string[]; examples?: number };
  }>(
    `${IN_REPOSITORY}/refs/:ref/duplicates`,
    {
      schema: {
        querystring: object({
          ...path,
          ...pages,
          base: text,
          keys: textList,
          examples: { ...integer, minimum: 0, maximum: 100 }
        })
      }
    },
    async (request, reply) => {
      const { repository, ref } = request.params;
      const { path = '', base, keys, ...query } = request.query;
      const rows = rowsOf(context);
      return answer(request, reply, observed =>
        rows.duplicates(
          repository,
          ref,
          { path, base: base || undefined, keys: named(keys), ...query },
          observed
        )
      );
    }
  );

  app.get<{ Params: AtRef; Querystring: PathQuery }>(
    `${IN_REPOSITORY}/refs/:ref/rowlog`,
    { schema: { querystring: object({ ...path, ...pages }) } },
    async (request, reply) => {
      const { repository, ref } = request.params;
      const { path = '', after, amount } = request.query;
      const rows = rowsOf(context);
      return answer(request, reply, observed => rows.log(repository, ref, { path, after, amount }, observed));
    }
  );

  app.get<{
    Params: AtRef;
    Querystring: {
      path: string;
      from?: 'first' | 'last' | 'random';
      amount?: number;
      columns?: string[];
    };
  }>(
    `${IN_REPOSITORY}/refs/:ref/preview`,
    {
      schema: {
        querystring: object(
          {
            ...path,
            from: oneOf('first', 'last', 'random'),
            amount: { ...integer, minimum: 1, maximum: 1000 },
            columns: textList
          },
          'path'
        )
      }
    },
    async (request, reply) => {
      const { repository, ref } = request.params;
      const { path, from = 'first', amount = 100, columns } = request.query;
      const query = { from, amount, columns: named(columns) };
      const signal = clientGone(reply);
      const stream = await rowsOf(context).preview(repository, ref, path, query, { signal });
      return reply
        .type('application/vnd.apache.arrow.stream')
        .header('content-disposition', 'attachment; filename="preview.arrows"')
        .header('x-content-type-options', 'nosniff')
        .send(Buffer.from(stream));
    }
  );

  app.get<{ Params: TwoRefs; Querystring: PathsQuery & { keys?: string[] } }>(
    `${IN_REPOSITORY}/refs/:left/rowdiff/:right`,
    { schema: { querystring: object({ ...paths, ...pages, keys: textList }) } },
    async (request, reply) => {
      const { repository, left, right } = request.params;
      const rows = rowsOf(context);
      return answer(request, reply, observed =>
        rows.diff(repository, left, right, diffQuery(request.query), observed)
      );
    }
  );

  app.get<{ Params: TwoRefs; Querystring: PathsQuery & { keys?: string[] } }>(
    `${IN_REPOSITORY}/refs/:left/rowdiff/:right/parquet`,
    { schema: { querystring: object({ ...paths, keys: textList }) } },
    async (request, reply) => {
      const { repository, left, right } = request.params;
      const rows = rowsOf(context);
      const signal = clientGone(reply);
      const { file, bytes } = await rows.diffFile(repository, left, right, diffQuery(request.query), {
        signal
      });
      return reply
        .type('application/vnd.apache.parquet')
        .header('content-length', bytes)
        .header('content-disposition', 'attachment; filename="rowdiff.parquet"')
        .header('x-content-type-options', 'nosniff')
        .send(createReadStream(file));
    }
  );

  app.get<{
    Params: InRepository & { source: string; destination: string };
    Querystring: PathQuery & { strategy?: string };
  }>(
    `${IN_REPOSITORY}/refs/:source/merge/:destination/preview`,
    { schema: { querystring: object({ strategy: text, ...pages }) } },
    async (request, reply) => {
      const { repository, source, destination } = request.params;
      const { strategy, after, amount } = request.query;
      const query = { strategy: strategyOf(strategy), after, amount };
      const rows = rowsOf(context);
      return answer(request, reply, observed =>
        rows.mergePreview(repository, source, destination, query, observed)
      );
    }
  );

  app.get<{ Params: TwoRefs; Querystring: PathsQuery & { files?: 'changed' | 'all' } }>(
    `${IN_REPOSITORY}/refs/:left/columns/:right`,
    { schema: { querystring: object({ ...paths, files: oneOf('changed', 'all') }) } },
    async (request, reply) => {
      const { repository, left, right } = request.params;
      const { files = 'changed' } = request.query;
      const rows = rowsOf(context);
      return answer(request, reply, observed =>
        rows.columns(repository, left, right, { ...pathsOf(request.query), files }, observed)
      );
    }
  );
}

function pathsOf({ path = '', left_path: leftPath, right_path: rightPath }: PathsQuery) {
  return { path, leftPath, rightPath };
}

function diffQuery(query: PathsQuery & { keys?: string[] }) {
  const { keys, after, amount } = query;
  return { ...pathsOf(query), keys: named(keys), after, amount };
}

/** Clients send `keys=` for none. */
function named(keys: string[] = []): string[] {
  return keys.filter(key => key !== '');
}
