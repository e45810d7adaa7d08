import type { TranslationBundle } from '@jupyterlab/translation';
import type { Client } from '../client/client.js';
import { branchIcon, commitIcon, repositoryIcon, tagIcon } from '../icons.js';
import type { PickerItem, PickerMatches } from './picker.js';

/** Matches shown at once: further ones are found by typing. */
const MATCHES_SHOWN = 100;

/** The API gives at most so many names at once; repositories with fewer are searched right here. */
const NAMES_READ = 1_000;

/** Finds repositories by any part of their name. */
export function searchRepositories(client: Client): (text: string) => Promise<PickerMatches> {
  return async text => {
    const { results, pagination } = await client.repositories({
      search: text || undefined,
      amount: MATCHES_SHOWN
    });
    const items = results.map(({ id }) => ({ id, icon: repositoryIcon }));
    return { items: items.filter(({ id }) => id.includes(text)), more: pagination.has_more };
  };
}

/** Finds branches: by any part of the name, or by its beginning where there are very many. */
export function searchBranches(
  client: Client,
  repository: string,
  hintOf: (branch: string) => string | undefined = () => undefined
): (text: string) => Promise<PickerMatches> {
  return async text => {
    const all = await client.branches(repository, { amount: NAMES_READ });
    const found = all.pagination.has_more
      ? await client.branches(repository, { prefix: text, amount: MATCHES_SHOWN })
      : all;
    const items = found.results
      .filter(({ id }) => id.includes(text))
      .map(({ id }) => ({ id, icon: branchIcon, hint: hintOf(id) }));
    return {
      items: items.slice(0, MATCHES_SHOWN),
      more: found.pagination.has_more || items.length > MATCHES_SHOWN
    };
  };
}

/** Finds branches and tags; what matches neither is offered as a commit or ref expression. */
export function searchRefs(
  client: Client,
  repository: string,
  trans: TranslationBundle
): (text: string) => Promise<PickerMatches> {
  const branches = searchBranches(client, repository);
  return async text => {
    const [found, tags] = await Promise.all([
      branches(text),
      client.tags(repository, { prefix: text, amount: MATCHES_SHOWN })
    ]);
    const items: PickerItem[] = [
      ...found.items,
      ...tags.results.map(({ id }) => ({ id, icon: tagIcon, hint: trans.__('tag') }))
    ];
    if (text !== '' && !items.some(({ id }) => id === text)) {
      items.push({ id: text, icon: commitIcon, hint: trans.__('commit or expression') });
    }
    return { items, more: found.more || tags.pagination.has_more };
  };
}
