import type { TranslationBundle } from '@jupyterlab/translation';
import { RequestError } from './requests.js';

/** Turns whatever a request threw into a sentence for the person who has to act. */
export function explain(error: unknown, trans: TranslationBundle): string {
  if (error instanceof Error && error.name === 'ChunkLoadError') {
    return trans.__(
      'A part of Databranch could not be loaded. Check your connection and try again; after an update, reload the page.'
    );
  }
  if (!(error instanceof RequestError)) {
    return error instanceof Error ? error.message : String(error);
  }
  switch (error.status) {
    case 0:
      return trans.__(
        'The Jupyter server does not answer. Check your connection; this tries again by itself.'
      );
    case 401:
      return sessionEnded(trans);
    case 403:
      return JUPYTER_KNOWS_NOBODY.test(error.message) ? sessionEnded(trans) : error.message || denied(trans);
    case 404:
      return (
        error.message ||
        trans.__('The Jupyter server has no Databranch extension. Install it there, then reload.')
      );
    case 413:
      return error.message || trans.__('The server takes no upload of this size.');
    case 502:
    case 503:
    case 504:
      return error.message || trans.__('The data service does not answer. This tries again by itself.');
  }
  return error.message || trans.__('The server answered with status %1.', error.status);
}

/** How the Jupyter server and its parts refuse whom they do not know (any more); the service says other things. */
const JUPYTER_KNOWS_NOBODY = /^(Log in to Jupyter first|Forbidden$|'_xsrf' argument missing|XSRF)/;

function sessionEnded(trans: TranslationBundle): string {
  return trans.__(
    'Your Jupyter session has ended. Sign in again in another tab; then this goes on where you are.'
  );
}

function denied(trans: TranslationBundle): string {
  return trans.__('You are not allowed to do that here.');
}

/** Whether the thing asked for is not there (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof RequestError && error.status === 404 && error.message !== '';
}

/** Whether the service was asked and said no: it is not there, or no such name is possible. */
export function isRefused(error: unknown): boolean {
  return error instanceof RequestError && error.status >= 400 && error.status < 500;
}

/** Whether a merge was refused by the guards of its destination; its sentence says by which. */
export function isGuarded(error: unknown): boolean {
  return error instanceof RequestError && error.status === 412;
}

/** The paths over which a merge was refused; undefined when it was not refused over paths. */
export function conflictsOf(error: unknown): string[] | undefined {
  const conflicts = error instanceof RequestError && error.status === 409 ? error.data.conflicts : undefined;
  return Array.isArray(conflicts) ? conflicts.map(String) : undefined;
}
