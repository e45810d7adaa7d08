import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import type { Catalog } from '../../../../src/service/catalog/catalog.js';
import { CatalogError } from '../../../../src/service/catalog/errors.js';
import type { Finding } from '../../../../src/service/catalog/soundness/report.js';
import { discardLeftovers, openDataFolder } from '../../../../src/service/life/data-folder.js';
import { countStart } from '../../../../src/service/life/last-start.js';
import { openStore } from '../../../../src/service/life/store.js';
import { contentOf } from './load';
import { allowed, type Acknowledged } from './witness';

/**
 * Opens a data folder as a service that starts on it does, and says in sentences what is wrong with it: what fsck
 * finds, what was acknowledged before `end` of the recording and is not there, and what stays after a collection.
 */
export async function problemsOf(
  data: string,
  { ready, places }: Acknowledged,
  end: number
): Promise<string[]> {
  const folder = await openDataFolder(data);
  await discardLeftovers(folder);
  const { start } = await countStart(folder.lastStart);
  const absent = pathToFileURL(join(data, 'no-engine.mjs'));
  const store = await openStore(folder, {
    start,
    engineProcess: absent,
    previewWorker: absent,
    log: pino({ level: 'silent' })
  });
  try {
    const { catalog } = store;
    const findings = await findingsOf(catalog);
    const problems = findings.filter(({ severity }) => severity === 'damage').map(sentence);
    if (end >= ready && start === 1) {
      problems.push('The number of the start is given twice.');
    }
    for (const [place, changes] of places) {
      const expected = allowed(changes, end);
      const found = await valueOf(catalog, place).catch((error: Error) => `an error: ${error.message}`);
      if (!expected.includes(found)) {
        problems.push(`${place} is ${String(found).slice(0, 80)}, and should be ${expected.join(' or ')}`);
      }
    }
    if (problems.length === 0) {
      await catalog.collection.run({ undoDays: 0 });
      await catalog.idle();
      problems.push(...(await findingsOf(catalog)).map(sentence));
    }
    return problems;
  } finally {
    await store.close();
  }
}

async function findingsOf(catalog: Catalog): Promise<Finding[]> {
  const findings: Finding[] = [];
  await catalog.soundness.check({ onFinding: finding => void findings.push(finding) });
  return findings;
}

const sentence = ({ severity, where, what }: Finding) => `${severity}: ${where}: ${what}`;

const ABSENT = [
  'repository-not-found',
  'branch-not-found',
  'ref-not-found',
  'tag-not-found',
  'commit-not-found',
  'object-not-found'
];

/** What a place of a {@link Witness} holds; null for nothing. */
async function valueOf(catalog: Catalog, place: string): Promise<string | null> {
  const [kind, name, path] = place.split(' ') as [string, string, string];
  try {
    switch (kind) {
      case 'repository':
        return (await catalog.repositories.get(name)) && 'there';
      case 'branch':
        return (await catalog.branches.get('lake', name)) && 'there';
      case 'tag':
        return (await catalog.tags.get('lake', name)) && 'there';
      case 'message': {
        const { message } = await catalog.commits.get('lake', name);
        return message.startsWith('step') ? message : null;
      }
      default:
        return await nameOf(catalog, name, path);
    }
  } catch (error) {
    if (error instanceof CatalogError && ABSENT.includes(error.code)) {
      return null;
    }
    throw error;
  }
}

/** The name that an object's bytes stand for. */
async function nameOf(catalog: Catalog, branch: string, path: string): Promise<string> {
  const { contentId, size } = await catalog.objects.stat('lake', branch, path);
  const parts: Buffer[] = [];
  for await (const part of catalog.contents.read('lake', contentId, 0, size)) {
    parts.push(part);
  }
  const content = Buffer.concat(parts).toString();
  const name = content.split(' ')[0]!;
  return content === contentOf(name) ? name : `not whole: ${content}`;
}
