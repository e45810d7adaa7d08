import type { Paginated } from '../../protocol/lakefs.js';
import type { Page } from '../catalog/model.js';
import { AMOUNT_MAX } from '../catalog/paging.js';

/** A page of the catalog in the API's form, each item turned by `show`. */
export function paginated<T, W>(page: Page<T>, show: (item: T) => W): Paginated<W> {
  return {
    pagination: {
      has_more: page.hasMore,
      next_offset: page.nextOffset,
      results: page.results.length,
      max_per_page: AMOUNT_MAX
    },
    results: page.results.map(show)
  };
}
