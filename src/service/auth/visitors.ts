import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is turned away before anything else is looked at. */
export interface Refusal {
  status: 403 | 421;
  message: string;
}

/** Names under which a service on the loopback interface is asked for. */
export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Protects a local service from web pages. A page in the user's browser can send requests to any address of
 * the machine: by DNS rebinding with a name of its own (so the name asked for must be one of ours), or across
 * sites (so a foreign `Origin` and `Sec-Fetch-Site: cross-site` are refused, and we never answer with CORS
 * headers). Programs other than browsers send none of these.
 *
 * @param hosts names without a port, in lower case: a port may be forwarded under another number.
 */
export function refuseVisitor(headers: IncomingHttpHeaders, hosts: readonly string[]): Refusal | undefined {
  const host = headers.host ?? '';
  if (!hosts.includes(hostname(host))) {
    return {
      status: 421,
      message: `This service does not answer for the host "${host}". Ask for ${hosts.join(' or ')}.`
    };
  }
  const origin = headers.origin;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return { status: 403, message: `Requests from web pages of ${origin} are refused.` };
  }
  if (headers['sec-fetch-site'] === 'cross-site') {
    return { status: 403, message: 'Requests that a page of another site makes are refused.' };
  }
  return undefined;
}

function hostname(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}
