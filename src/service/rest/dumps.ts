import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { DumpedRefs } from '../catalog/dumps.js';
import type { DumpRecord } from '../catalog/records.js';
import type { TaskStatus } from '../catalog/tasks.js';
import type { RestContext } from './context.js';
import { flag, object, text } from './schemas.js';
import type { InRepository } from './schemas.js';

interface TaskQuery {
  task_id: string;
}

const restoration = object(
  { branches_meta_range_id: text, tags_meta_range_id: text, commits_meta_range_id: text, force: flag },
  'branches_meta_range_id',
  'tags_meta_range_id',
  'commits_meta_range_id'
);
const ofTask = { querystring: object({ task_id: text }, 'task_id') };

/** Dump and restore of refs: in one request, and as tasks that are asked after. */
export function dumps(app: FastifyInstance, { catalog }: RestContext): void {
  app.put<{ Params: InRepository }>('/repositories/:repository/refs/dump', async (request, reply) => {
    const { outcome } = await catalog.dumps.dump(request.params.repository);
    return reply.code(201).send(refsForm(await outcome));
  });

  app.put<{ Params: InRepository; Body: wire.RefsRestore }>(
    '/repositories/:repository/refs/restore',
    { schema: { body: restoration } },
    async (request, reply) => {
      const { outcome } = await catalog.dumps.restore(request.params.repository, ...wanted(request.body));
      await outcome;
      return reply.code(200).send();
    }
  );

  app.post<{ Params: InRepository }>('/repositories/:repository/dump', async (request, reply) => {
    const { id } = await catalog.dumps.dump(request.params.repository);
    return reply.code(202).send({ id } satisfies wire.TaskInfo);
  });

  app.post<{ Params: InRepository; Body: wire.RefsRestore }>(
    '/repositories/:repository/restore',
    { schema: { body: restoration } },
    async (request, reply) => {
      const { id } = await catalog.dumps.restore(request.params.repository, ...wanted(request.body));
      return reply.code(202).send({ id } satisfies wire.TaskInfo);
    }
  );

  app.get<{ Params: InRepository; Querystring: TaskQuery }>(
    '/repositories/:repository/dump',
    { schema: ofTask },
    async (request): Promise<wire.RepositoryDumpStatus> => {
      const { repository } = request.params;
      const status = await catalog.tasks.status(repository, 'dump', request.query.task_id);
      return { ...statusForm(status), ...(status.dump ? { refs: refsForm(status.dump) } : {}) };
    }
  );

  app.get<{ Params: InRepository; Querystring: TaskQuery }>(
    '/repositories/:repository/restore',
    { schema: ofTask },
    async (request): Promise<wire.RepositoryRestoreStatus> => {
      const { repository } = request.params;
      return statusForm(await catalog.tasks.status(repository, 'restore', request.query.task_id));
    }
  );
}

function wanted(body: wire.RefsRestore): [DumpedRefs, { force?: boolean }] {
  const refs = {
    branches: body.branches_meta_range_id,
    tags: body.tags_meta_range_id,
    commits: body.commits_meta_range_id
  };
  return [refs, { force: body.force }];
}

function refsForm({ branches, tags, commits }: DumpRecord): wire.RefsDump {
  return {
    branches_meta_range_id: branches.contentId,
    tags_meta_range_id: tags.contentId,
    commits_meta_range_id: commits.contentId
  };
}

function statusForm({ id, done, updatedAt, error }: TaskStatus): wire.RepositoryRestoreStatus {
  const update_time = new Date(updatedAt).toISOString();
  return { id, done, update_time, ...(error === undefined ? {} : { error }) };
}
