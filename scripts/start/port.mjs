import { createServer } from 'node:net';

const USUAL_PORT = 8888;
/** As many as JupyterLab itself would try. */
const TRIES = 50;

/** A port that was asked for and that another program has. */
export class PortTaken extends Error {
  constructor(port) {
    super(`port ${port} is taken by another program`);
    this.help = 'Choose another one with --port N, or leave the option out.';
  }
}

/**
 * A port on 127.0.0.1 that is free now.
 *
 * @param {number | undefined} wanted this one and no other; 0: any; undefined: Jupyter's usual one or the next
 * @throws {PortTaken}
 */
export async function freePort(wanted) {
  const candidates =
    wanted === undefined ? Array.from({ length: TRIES }, (_, i) => USUAL_PORT + i) : [wanted];
  for (const candidate of candidates) {
    const port = await tryPort(candidate);
    if (port !== undefined) {
      return port;
    }
  }
  throw new PortTaken(wanted ?? USUAL_PORT);
}

function tryPort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error =>
      ['EADDRINUSE', 'EACCES'].includes(error.code) ? resolve(undefined) : reject(error)
    );
    server.listen(port, '127.0.0.1', () => {
      const { port: given } = server.address();
      server.close(() => resolve(given));
    });
  });
}
