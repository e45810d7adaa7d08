import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Sends requests that were laid out beforehand over raw sockets: the load must cost next to nothing, or it measures
 * itself. Each client sends its next request when the answer to the last one is there whole.
 *
 * @param {object} options
 * @param {number} options.port
 * @param {Buffer[][]} options.requests a list per client, each request whole with its body
 * @param {boolean} [options.bodiless] the answers are to HEAD
 * @returns {Promise<{ seconds: number, answers: number, bytes: number }>}
 * @throws {Error} at the first answer that is no 2xx
 */
export async function load({ port, requests, bodiless = false }) {
  const clients = await Promise.all(requests.map(() => open(port)));
  const began = process.hrtime.bigint();
  const bytes = await Promise.all(clients.map((socket, i) => talk(socket, requests[i], bodiless)));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  clients.forEach(socket => socket.destroy());
  return {
    seconds,
    answers: requests.reduce((sum, list) => sum + list.length, 0),
    bytes: bytes.reduce((sum, n) => sum + n, 0)
  };
}

/**
 * A connection that is kept, for one request after the other.
 *
 * @param {number} port
 * @returns {Promise<{ ask(request: Buffer): Promise<number>, close(): void }>} `ask` tells how long the answer took, in
 *   milliseconds
 */
export async function keptConnection(port) {
  const socket = await open(port);
  return {
    async ask(request) {
      const began = performance.now();
      await talk(socket, [request], false);
      return performance.now() - began;
    },
    close: () => socket.destroy()
  };
}

/**
 * Sends one request whose body is the same piece again and again, so that nothing of its size is held.
 *
 * @param {{ port: number, head: Buffer, piece: Buffer, pieces: number }} options
 * @returns {Promise<number>} seconds
 */
export async function upload({ port, head, piece, pieces }) {
  const socket = await open(port);
  const began = process.hrtime.bigint();
  const answered = talk(socket, [head], false);
  // Awaited last; an early refusal must not count as unhandled until then.
  answered.catch(() => undefined);
  for (let i = 0; i < pieces && !socket.destroyed; i++) {
    if (!socket.write(piece)) {
      await Promise.race([once(socket, 'drain'), answered]);
    }
  }
  await answered;
  socket.destroy();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

/** One request as it goes over the wire. */
export function layOut({ method, path, headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body ? `content-length: ${body.length}\r\n` : '';
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n`);
  return body ? Buffer.concat([head, body]) : head;
}

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true);
    socket.once('error', reject);
  });
}

/** Answers the bytes of all bodies. */
function talk(socket, requests, bodiless) {
  return new Promise((resolve, reject) => {
    let next = 0;
    let head = Buffer.alloc(0);
    let missing = 0;
    let received = 0;
    const send = () => {
      if (next < requests.length) {
        socket.write(requests[next++]);
      } else {
        socket.removeAllListeners();
        resolve(received);
      }
    };
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', chunk => {
      if (missing === 0) {
        head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
        const end = head.indexOf(HEAD_END);
        if (end < 0) {
          return;
        }
        const text = head.toString('latin1', 0, end);
        if (!/^HTTP\/1\.1 2/.test(text)) {
          reject(new Error(`the server answered:\n${head.toString('utf8', 0, 1000)}`));
          return;
        }
        const length = bodiless ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
        received += length;
        missing = length - (head.length - end - HEAD_END.length);
        head = Buffer.alloc(0);
      } else {
        missing -= chunk.length;
      }
      if (missing === 0) {
        send();
      }
    });
    send();
  });
}
