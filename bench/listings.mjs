import { load } from './load.mjs';
import { inTurns } from './measure.mjs';
import { objectPath } from './populate.mjs';
import { repositoryOf, SIZES } from './repositories.mjs';
import { restRequest, s3Request, timed } from './requests.mjs';

const PAGE = 1_000;
const PAGES = 100;
const REPEATS = 50;
const MANY = repositoryOf(SIZES.many);

/** Listing a million objects. */
export async function* listings({ service }) {
  const wanted = { name: 'wanted', value: 250_000 };
  const { overRest, overS3 } = await inTurns({
    overRest: () => entriesPerSecond(service, restPage),
    overS3: () => entriesPerSecond(service, s3Page)
  });
  yield {
    work: 'list pages of 1,000 over REST',
    unit: 'entries/s',
    value: overRest,
    yardstick: wanted,
    atLeast: 1
  };
  yield {
    work: 'list pages of 1,000 over S3',
    unit: 'entries/s',
    value: overS3,
    yardstick: wanted,
    atLeast: 1
  };
  yield* firstPages(service);
}

/** Pages one after the other, as one client asks for them. */
async function entriesPerSecond(service, page) {
  const requests = Array.from({ length: PAGES }, (_, i) =>
    page(service, objectPath((i * PAGE * 7) % SIZES.many))
  );
  const { seconds } = await load({ port: service.port, requests: [requests] });
  return (PAGES * PAGE) / seconds;
}

const restPage = (service, after) =>
  restRequest(
    service,
    'GET',
    `/repositories/${MANY}/refs/main/objects/ls?amount=${PAGE}&after=${encodeURIComponent(after)}`
  );

const s3Page = (service, after) =>
  s3Request(
    service,
    'GET',
    `/${MANY}?${s3Query({ 'list-type': 2, prefix: 'main/', 'start-after': `main/${after}` })}`
  );

/** Parameters in the order that the signature wants. */
function s3Query(parameters) {
  const names = Object.keys(parameters).sort();
  return names.map(name => `${name}=${encodeURIComponent(parameters[name])}`).join('&');
}

async function* firstPages(service) {
  const get = n => s3Request(service, 'GET', `/${MANY}/main/${objectPath(n % SIZES.many)}`);
  const ls = query => restRequest(service, 'GET', `/repositories/${MANY}/refs/main/objects/ls?${query}`);
  const part = n => objectPath(n % SIZES.many).replace(/[^/]*$/, '');
  const measured = await inTurns(
    {
      get: round => timed(service, get(round * 7919)),
      prefix: round => timed(service, ls(`amount=100&prefix=${encodeURIComponent(part(round * 7919))}`)),
      delimiter: () =>
        timed(service, ls(`amount=100&delimiter=/&prefix=${encodeURIComponent('tables/reviews/')}`)),
      root: () => timed(service, ls('amount=100&delimiter=/'))
    },
    REPEATS
  );
  const yardstick = { name: '4 KiB GET', value: measured.get };
  const rows = {
    prefix: 'first page of a prefix, 100 entries',
    delimiter: 'first page of a prefix, 100 folders',
    root: 'first page of the root, by folder'
  };
  for (const [name, work] of Object.entries(rows)) {
    yield { work, unit: 'ms', value: measured[name], yardstick, atMost: 5 };
  }
}
