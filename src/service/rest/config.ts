import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { integer, object, text } from './schemas.js';

/** The version of lakeFS whose API is spoken here: clients hold features back from servers that seem older. */
const LAKEFS_VERSION = '1.84.0';

/** Any well-formed storage namespace is taken: with local storage it is a label. */
const storageOf = ({ catalog }: RestContext): wire.StorageConfig => ({
  blockstore_type: 'local',
  blockstore_namespace_example: 'local://example',
  // Clients put a repository's name behind it, with a slash between or without.
  default_namespace_prefix: 'local://',
  blockstore_namespace_ValidityRegex: '^(s3|gs|https?|mem|local|transient)://.*$',
  pre_sign_support: true,
  // Pages of other sites get no answer, also not at addresses that open by themselves.
  pre_sign_support_ui: false,
  import_support: catalog.externalFiles.isOffered,
  import_validity_regex: '^(local|file):///.*$',
  pre_sign_multipart_upload: true
});

/** Routes of the tags `config`, `healthCheck` and `internal`: what clients ask before they begin. */
export function config(app: FastifyInstance, context: RestContext): void {
  const storage = storageOf(context);
  const version: wire.VersionConfig = {
    version: LAKEFS_VERSION,
    version_context: `databranch ${context.version}`,
    upgrade_recommended: false
  };

  app.get('/healthcheck', { config: { open: true } }, async (_request, reply) => reply.code(204).send());
  app.get('/config', async (): Promise<wire.Config> => ({
    version_config: version,
    storage_config: storage
  }));
  app.get('/config/version', async () => version);
  app.get('/config/storage', async () => storage);

  // What was put in place of something else can be collected at once. What was not linked yet has a day.
  app.get('/config/garbage-collection', async (): Promise<wire.GarbageCollectionConfig> => ({
    grace_period: 0
  }));

  // Keys exist from the first start, so there is no set-up that a stranger could do before the owner.
  app.get('/setup_lakefs', { config: { open: true } }, async (): Promise<wire.SetupState> => ({
    state: 'initialized',
    comm_prefs_missing: false,
    login_config: { RBAC: 'none', login_url: '', login_cookie_names: [], logout_url: '' }
  }));
  for (const path of ['/setup_lakefs', '/setup_comm_prefs']) {
    app.post(path, { config: { open: true } }, async () => {
      throw new HttpError(
        409,
        'This service is set up already: its first key was made when it first started.'
      );
    });
  }

  // What clients report about themselves is taken and dropped.
  const event = object({ class: text, name: text, count: integer }, 'class', 'name', 'count');
  app.post<{ Body: wire.StatsEventsList }>(
    '/statistics',
    {
      schema: { body: object({ events: { type: 'array', items: event } }, 'events') },
      config: { writesNothing: true }
    },
    async (_request, reply) => reply.code(204).send()
  );
}
