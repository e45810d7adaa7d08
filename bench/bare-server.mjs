import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { signatureOf, UNSIGNED } from './sign.mjs';

/**
 * The yardstick: the least that any S3 server on Node does for a durable object, and nothing else. It verifies the
 * signature, hashes (MD5 for the ETag, SHA-256 for the signature), writes a file, syncs and renames it.
 *
 *   node bench/bare-server.mjs FOLDER KEY_ID SECRET      prints its port
 */
const [folder, keyId, secret] = process.argv.slice(2);

const server = createServer((request, response) => {
  answer(request, response).catch(error => {
    // The client may be gone before the last byte was confirmed.
    if (!response.headersSent) {
      response.writeHead(error.code === 'ENOENT' ? 404 : 500).end();
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

async function answer(request, response) {
  if (!isSigned(request)) {
    response.writeHead(403).end();
    return;
  }
  const file = join(folder, encodeURIComponent(request.url));
  if (request.method === 'PUT') {
    response.writeHead(200, { ETag: `"${await store(request, file)}"`, 'Content-Length': 0 }).end();
    return;
  }
  const { size } = await stat(file);
  response.writeHead(200, { 'Content-Length': size });
  if (request.method === 'HEAD') {
    response.end();
  } else {
    await pipeline(createReadStream(file), response);
  }
}

function isSigned({ method, url, headers }) {
  const told = headers.authorization?.match(/Credential=([^/]+)\/.*SignedHeaders=([^,]+), Signature=(\w+)/);
  if (!told || told[1] !== keyId) {
    return false;
  }
  const signed = Object.fromEntries(told[2].split(';').map(name => [name, headers[name]]));
  const request = { method, path: url, headers: signed, payload: headers['x-amz-content-sha256'], secret };
  return signatureOf(request).signature === told[3];
}

async function store(request, file) {
  const promised = request.headers['x-amz-content-sha256'];
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  const hashing = new Transform({
    transform(chunk, _, done) {
      md5.update(chunk);
      if (promised !== UNSIGNED) {
        sha256.update(chunk);
      }
      done(null, chunk);
    }
  });
  const unfinished = join(folder, randomUUID());
  const handle = await open(unfinished, 'w');
  await pipeline(request, hashing, createWriteStream('', { fd: handle.fd, autoClose: false }));
  if (promised !== UNSIGNED && sha256.digest('hex') !== promised) {
    throw new Error('the body is not what was signed');
  }
  await handle.sync();
  await handle.close();
  await rename(unfinished, file);
  return md5.digest('hex');
}
