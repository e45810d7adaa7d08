import { homedir } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UNDO_DAYS_DEFAULT } from './catalog/operations.js';
import { withKeys } from './life/access-keys.js';
import { checkTarget, readArchive, writeArchive } from './life/archive-file.js';
import { dataFolderAt } from './life/data-folder.js';
import { defaultDataPath } from './life/data-path.js';
import { parseListenAddress } from './life/listen-address.js';
import { LOG_LEVELS, openLog, type LogLevel } from './life/log.js';
import { QUICKSTART } from './life/quickstart.js';
import { EXIT, Refusal } from './life/refusal.js';
import { requireService } from './life/running-service.js';
import { uploadSample, writeSample } from './life/sample-upload.js';
import { serve } from './life/serve.js';
import { exitCodeOf, sentenceOf, statusOf } from './life/status.js';
import { stopSignals } from './life/stop-signals.js';
import type { InitialKey } from './life/store.js';
import {
  collectionSentence,
  exportSentence,
  figuresSentence,
  importSentence,
  reportSentence
} from './life/upkeep-sentences.js';
import { withUpkeep } from './life/upkeep.js';

/** Set by the bundler, from package.json. */
declare const DATABRANCH_VERSION: string;

/** The full sample, which the tutorial counts. */
const SAMPLE_ROWS = 486_000;
/** How long a leased service goes on without a lease. */
const LEASE_GRACE_SECONDS = 60;

const environment = process.env;
const defaultData = defaultDataPath({ platform: process.platform, environment, home: homedir() });
/** The bundles lie side by side. */
const sampleWorker = new URL('./sample-worker.mjs', import.meta.url);
const engineProcess = new URL('./engine-process.mjs', import.meta.url);
const previewWorker = new URL('./preview-worker.mjs', import.meta.url);
const hashWorker = new URL('./hash-worker.mjs', import.meta.url);
const footerWorker = new URL('./footer-worker.mjs', import.meta.url);

interface WithData {
  data: string;
}

interface ServeFlags extends WithData {
  listen: string;
  quickstart?: boolean;
  quickstartRows: number;
  importRoot?: string[];
  undoDays: number;
  leased?: boolean;
  leaseGrace: number;
  logLevel: LogLevel;
}

async function serveCommand(flags: ServeFlags): Promise<void> {
  const listen = parseListenAddress(flags.listen);
  const initialKey = keyOfOperator();
  const { log, close } = openLog(flags.logLevel);
  const crash = (error: unknown) => {
    log.fatal(error, 'uncaught exception');
    // The store is safe at any instant; going on after who knows what is not.
    void close().then(() => process.exit(EXIT.failure));
  };
  process.on('uncaughtException', crash);
  try {
    await serve({
      data: flags.data,
      listen,
      ...(flags.leased && { leaseGraceMs: flags.leaseGrace * 1000 }),
      ...(flags.quickstart && { quickstartRows: flags.quickstartRows }),
      ...(initialKey && { initialKey }),
      importRoots: flags.importRoot ?? [],
      undoDays: flags.undoDays,
      version: DATABRANCH_VERSION,
      sampleWorker,
      engineProcess,
      previewWorker,
      hashWorker,
      footerWorker,
      log,
      stop: stopSignals(),
      onReady: (url, folder) => console.log(`Databranch is ready at ${url} (data: ${folder})`)
    });
  } catch (error) {
    if (!(error instanceof Refusal)) {
      log.fatal(error, 'the service failed');
    }
    throw error;
  } finally {
    await close();
  }
}

function keyOfOperator(): InitialKey | undefined {
  const accessKeyId = environment['DATABRANCH_ACCESS_KEY_ID'];
  const secretAccessKey = environment['DATABRANCH_SECRET_ACCESS_KEY'];
  if (Boolean(accessKeyId) !== Boolean(secretAccessKey)) {
    throw new Refusal(
      'DATABRANCH_ACCESS_KEY_ID and DATABRANCH_SECRET_ACCESS_KEY must be set together.',
      EXIT.configuration
    );
  }
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}

async function statusCommand({ data, json }: WithData & { json?: boolean }): Promise<void> {
  const status = await statusOf(dataFolderAt(data));
  console.log(json ? JSON.stringify(status) : sentenceOf(status));
  process.exitCode = exitCodeOf(status);
}

async function listKeys({ data }: WithData): Promise<void> {
  const keys = await withKeys(dataFolderAt(data), all => all.list());
  for (const { accessKeyId, user, createdAt, expiresAt, kernel } of keys) {
    const until =
      expiresAt === undefined ? 'does not expire' : `expires ${new Date(expiresAt).toISOString()}`;
    const whose = kernel ? `  of ${kernel.label}` : '';
    console.log(`${accessKeyId}  ${user}  made ${new Date(createdAt).toISOString()}  ${until}${whose}`);
  }
}

async function createKey({ data, user, days }: WithData & { user: string; days?: number }): Promise<void> {
  const expiry = days === undefined ? {} : { expiresAt: Date.now() + days * 86_400_000 };
  const key = await withKeys(dataFolderAt(data), all => all.create(user, expiry));
  console.log(`access key id:     ${key.accessKeyId}`);
  console.log(`secret access key: ${key.secretAccessKey}`);
  console.error('The secret is not shown again.');
}

async function deleteKey(accessKeyId: string, { data }: WithData): Promise<void> {
  await withKeys(dataFolderAt(data), all => all.delete(accessKeyId));
  console.log(`Deleted ${accessKeyId}.`);
}

async function fsckCommand(flags: WithData & { contents: boolean; collectable?: boolean }): Promise<void> {
  const { data, contents, collectable = false } = flags;
  const report = await withUpkeep(dataFolderAt(data), upkeep =>
    upkeep.check({ contents }, ({ severity, where, what }) => {
      if (severity === 'damage' || collectable) {
        console.log(`${severity}: ${where}: ${what}`);
      }
    })
  );
  console.log(reportSentence(report));
  process.exitCode = report.sound ? 0 : EXIT.failure;
}

interface GcFlags extends WithData {
  dryRun?: boolean;
  undoDays: number;
}

async function gcCommand({ data, dryRun = false, undoDays }: GcFlags): Promise<void> {
  const result = await withUpkeep(
    dataFolderAt(data),
    upkeep => upkeep.collect({ dryRun }, figures => console.log(figuresSentence(figures, dryRun))),
    undoDays
  );
  console.log(collectionSentence(result));
  process.exitCode = result.repositories.some(({ refused }) => refused) ? EXIT.failure : 0;
}

async function exportCommand(
  repository: string,
  file: string,
  { data, force = false }: WithData & { force?: boolean }
): Promise<void> {
  await checkTarget(file, force);
  const sentence = await withUpkeep(dataFolderAt(data), async upkeep => {
    const { bytes, uncommitted } = await upkeep.export(repository);
    return exportSentence(repository, await writeArchive(file, bytes), uncommitted);
  });
  // The archive itself may be on standard output.
  console.error(sentence);
}

async function importCommand(
  file: string,
  repository: string | undefined,
  { data }: WithData
): Promise<void> {
  const bytes = await readArchive(file);
  const figures = await withUpkeep(dataFolderAt(data), upkeep => upkeep.import(bytes, repository));
  console.log(importSentence(figures));
}

interface SampleFlags extends WithData {
  rows: number;
  format: 'parquet' | 'csv';
  repository: string;
  branch: string;
  path: string;
  out?: string;
}

async function sampleCommand({
  data,
  rows,
  format,
  repository,
  branch,
  path,
  out
}: SampleFlags): Promise<void> {
  const request = { format, rows, path, workerUrl: sampleWorker };
  if (out !== undefined) {
    const written = await writeSample({ ...request, path: out });
    console.log(`Wrote ${rows} rows to ${written.join(', ')}.`);
    return;
  }
  const service = await requireService(dataFolderAt(data));
  const written = await uploadSample(service, { repository, branch }, request);
  const files = `${written.length} ${written.length === 1 ? 'file' : 'files'}`;
  console.log(`Wrote ${rows} rows to ${files} on branch ${branch} of ${repository}, not committed yet:`);
  written.forEach(each => console.log(`  ${each}`));
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError('It must be a whole number above 0.');
  }
  return number;
}

function seconds(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 2_000_000)) {
    throw new InvalidArgumentError('It must be a number of seconds above 0.');
  }
  return number;
}

function commandLine(): Command {
  const dataOption = () => new Option('--data <dir>', 'the data folder').default(defaultData);
  // By the environment too, so that services that others start, and gc, keep to the same number.
  const undoDaysOption = () =>
    new Option('--undo-days <number>', 'how long commits, merges, resets and deletions can be undone')
      .env('DATABRANCH_UNDO_DAYS')
      .default(UNDO_DAYS_DEFAULT)
      .argParser(wholeNumber);
  const program = new Command('databranch')
    .description(
      'Isolated data branches: repositories, branches, commits and objects over the lakeFS API and S3.'
    )
    .version(DATABRANCH_VERSION)
    .exitOverride();

  program
    .command('serve')
    .description('serve a data folder until told to stop')
    .option('--listen <host:port>', 'address on this machine; port 0 is any that is free', '127.0.0.1:8000')
    .addOption(dataOption())
    .option('--quickstart', `make repository ${QUICKSTART} with sample data, unless it is there`)
    .option('--quickstart-rows <number>', 'rows of that sample', wholeNumber, SAMPLE_ROWS)
    .option(
      '--import-root <dir>',
      'a folder whose files may be imported where they lie; may be given several times',
      (folder, before: string[] = []) => [...before, folder]
    )
    .addOption(undoDaysOption())
    .option('--leased', 'end when nobody uses it any more; take another port if the first is in use')
    .option('--lease-grace <seconds>', 'how long to go on when nobody does', seconds, LEASE_GRACE_SECONDS)
    .addOption(new Option('--log-level <level>', 'what goes to stderr').choices(LOG_LEVELS).default('info'))
    .action(serveCommand);

  program
    .command('status')
    .description('say whether a service runs on a data folder, and where')
    .addOption(dataOption())
    .option('--json', 'as JSON')
    .action(statusCommand);

  program
    .command('fsck')
    .description('check that everything stored is there and is what it should be')
    .addOption(dataOption())
    .option('--no-contents', 'do not read the objects: only whether they are there and have their size')
    .option('--collectable', 'name also what nothing needs any more')
    .action(fsckCommand);

  program
    .command('gc')
    .description('remove what nothing needs any more; a running service does so once a day')
    .addOption(dataOption())
    .option('--dry-run', 'only say what would be removed')
    .addOption(undoDaysOption())
    .action(gcCommand);

  program
    .command('export')
    .description('write a repository with its history to one file (a tar), without uncommitted changes')
    .argument('<repository>', 'its name')
    .argument('<file>', 'where to; - for standard output')
    .addOption(dataOption())
    .option('--force', 'replace the file if it exists')
    .action(exportCommand);

  program
    .command('import')
    .description('make a repository, with the same commit ids, from a file that export wrote')
    .argument('<file>', 'from where; - for standard input')
    .argument('[repository]', 'its name; without, the one that it had')
    .addOption(dataOption())
    .action(importCommand);

  const keys = program.command('keys').description('access keys of a data folder');
  keys.command('list').description('list them').addOption(dataOption()).action(listKeys);
  keys
    .command('create')
    .description('make one and show its secret')
    .addOption(dataOption())
    .option('--user <name>', 'whose it is; shown as committer', 'admin')
    .option('--days <number>', 'how long it is valid', wholeNumber)
    .action(createKey);
  keys
    .command('delete <access-key-id>')
    .description('make one invalid')
    .addOption(dataOption())
    .action(deleteKey);

  program
    .command('sample')
    .description('write made-up product reviews to a branch of a running service, or to local files')
    .addOption(dataOption())
    .option('--rows <number>', 'how many', wholeNumber, SAMPLE_ROWS)
    .addOption(new Option('--format <format>', 'of the files').choices(['parquet', 'csv']).default('parquet'))
    .option('--repository <name>', 'where to', QUICKSTART)
    .option('--branch <name>', 'where to', 'main')
    .option('--path <path>', 'folder of the Parquet files, or name of the CSV file', 'reviews/')
    .option('--out <path>', 'write to this local folder (Parquet) or file (CSV) instead')
    .action(sampleCommand);

  return program;
}

/** Commander has printed its own errors; everything else is told in one sentence. */
function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : EXIT.usage;
  }
  console.error(`databranch: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof Refusal ? error.exitCode : EXIT.failure;
}

// Whoever started us may be gone: what nobody reads must not end the service.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

try {
  await commandLine().parseAsync();
} catch (error) {
  process.exitCode = exitCodeFor(error);
}
// Kept connections would hold the process for seconds.
process.stdout.write('', () => process.exit());
