import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveFigures } from '../../protocol/databranch.js';
import { Refusal } from './refusal.js';
import type { RunningService } from './running-service.js';

/**
 * Sends an archive to a running service. Not by `fetch`, which gives up after five minutes without an answer:
 * there is none before all was sent.
 * @throws Refusal with the service's own words when it refuses
 */
export async function uploadArchive(
  service: RunningService,
  bytes: AsyncIterable<Uint8Array>,
  repository?: string
): Promise<ArchiveFigures> {
  const query = repository === undefined ? '' : `?repository=${encodeURIComponent(repository)}`;
  const url = new URL(`/api/v1/databranch/archive${query}`, service.discovery.url);
  const headers = { authorization: service.authorization, 'content-type': 'application/x-tar' };
  const outgoing = request(url, { method: 'POST', headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject);
  });
  // What the source meets ends the request, and is heard of there. A refusal can come before all was sent.
  const sent = pipeline(Readable.from(bytes, { objectMode: false }), outgoing).catch(() => undefined);
  try {
    const answer = await answered;
    const text = await textOf(answer);
    const body = JSON.parse(text === '' ? '{}' : text) as ArchiveFigures & { message?: string };
    if (answer.statusCode !== 201) {
      throw new Refusal(body.message ?? `The service answered ${answer.statusCode}.`);
    }
    return body;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ECONNRESET' || code === 'EPIPE'
      ? new Refusal('The service ended before it was done. Nothing was imported: try again.')
      : error;
  } finally {
    outgoing.destroy();
    await sent;
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk;
  }
  return text;
}
