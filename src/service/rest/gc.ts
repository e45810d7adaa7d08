import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/databranch.js';
import type { CollectionReport } from '../catalog/collection/figures.js';
import type { Finding } from '../catalog/soundness/report.js';
import type { RestContext } from './context.js';
import { answerTo } from './errors.js';
import { clientGone, EventStream, wantsEvents } from './events.js';
import { flag, object } from './schemas.js';
import type { InRepository } from './schemas.js';

/** Findings in an answer that is one piece; all of them come as events. */
const FINDINGS_MAX = 1_000;

/** Our additions for whoever runs the store, as `databranch fsck` and `databranch gc` do it. */
export function upkeep(app: FastifyInstance, { catalog }: RestContext): void {
  app.get<{ Querystring: { contents?: boolean } }>(
    '/databranch/fsck',
    { schema: { querystring: object({ contents: flag }) } },
    async (request, reply): Promise<wire.FsckResult | undefined> => {
      const signal = clientGone(reply);
      const { contents } = request.query;
      if (!wantsEvents(request)) {
        const findings: Finding[] = [];
        const onFinding = (finding: Finding) =>
          void (findings.length < FINDINGS_MAX && findings.push(finding));
        return { report: await catalog.soundness.check({ contents, onFinding, signal }), findings };
      }
      await stream(new EventStream(reply), events =>
        catalog.soundness.check({ contents, signal, onFinding: finding => events.send('finding', finding) })
      );
      return undefined;
    }
  );

  app.post<{ Body: wire.GcRequest }>(
    '/databranch/gc',
    { schema: { body: object({ dry_run: flag }) }, config: { bodyOptional: true } },
    async (request, reply): Promise<wire.GcResult | undefined> => {
      const { dry_run: dryRun } = request.body;
      if (!wantsEvents(request)) {
        return resultForm(await catalog.collection.run({ dryRun }));
      }
      await stream(new EventStream(reply), async events =>
        resultForm(
          await catalog.collection.run({
            dryRun,
            onRepository: figures => events.send('repository', figures)
          })
        )
      );
      return undefined;
    }
  );

  app.get<{ Params: InRepository }>(
    '/databranch/repositories/:repository/gc/estimate',
    async (request, reply): Promise<wire.GcFigures> =>
      catalog.collection.estimate(request.params.repository, { signal: clientGone(reply) })
  );
}

/** What happens as events, and the outcome as a last one. */
async function stream(events: EventStream, work: (events: EventStream) => Promise<object>): Promise<void> {
  // The client learns at once that it was heard: the work may be silent for long.
  events.send('begun', {});
  try {
    events.send('result', await work(events));
  } catch (error) {
    const { status, body } = answerTo(error);
    events.send('error', { status, ...body });
  }
  events.end();
}

function resultForm({ dryRun, repositories, leftovers }: CollectionReport): wire.GcResult {
  return { dry_run: dryRun, repositories, leftovers };
}
