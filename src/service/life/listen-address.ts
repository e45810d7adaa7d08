import { EXIT, Refusal } from './refusal.js';

export interface ListenAddress {
  host: string;
  /** 0: any free port. */
  port: number;
}

/** An address as users write it: `127.0.0.1:8000`, `localhost:0`, `[::1]:8000`, or only `:8000` or `8000`. */
export function parseListenAddress(text: string): ListenAddress {
  const { host, bracketed, port } =
    /^(?:(?:(?<host>[^:[\]]+)|\[(?<bracketed>[^\]]+)\])?:)?(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) {
    throw new Refusal(`--listen takes HOST:PORT, for example 127.0.0.1:8000, not '${text}'.`, EXIT.usage);
  }
  const address = { host: host ?? bracketed ?? '127.0.0.1', port: Number(port) };
  if (!isLoopback(address.host)) {
    throw new Refusal(
      `Databranch serves this machine only, so --listen ${text} is refused: use 127.0.0.1, localhost or [::1]. ` +
        'To reach it from another machine, forward the port over SSH, or use it through JupyterLab or JupyterHub.',
      EXIT.usage
    );
  }
  return address;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** The address as the beginning of a URL. */
export function urlOf({ host, port }: ListenAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
