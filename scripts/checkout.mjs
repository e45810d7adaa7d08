import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The folder of this checkout. */
export const checkout = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** A path in the checkout. */
export const inCheckout = (...parts) => join(checkout, ...parts);

/** What scripts remember between runs, and the logs of what they ran; safe to delete. */
export const memory = inCheckout('.cache');
