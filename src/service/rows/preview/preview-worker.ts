import { parentPort } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';

import { UnreadableFile } from '../formats/unreadable.js';
import { arrowRows } from './arrow-rows.js';
import { ReadLimit, TooLarge } from './limit.js';
import { parquetRows } from './parquet-rows.js';
import type { FromThread, PreviewQuestion, ToThread } from './question.js';
import { textRows } from './text-rows.js';

/** What WebAssembly may take, in pages of 64 KiB: decoding 64 MiB takes several times that. */
const WASM_PAGES_MAX = 8 * 1024;

/** Some milliseconds of reading and copying. */
const PIECE_BYTES = 4 * 1024 * 1024;

if (!parentPort) {
  throw new Error('preview-worker runs as a worker thread only');
}
const port = parentPort;
const waiting = new Map<number, (bytes: Uint8Array) => void>();
let slices = 0;

/** Bytes of the file, in pieces, so that the service's main thread is at none of them for long. */
async function slice(start: number, end: number): Promise<Uint8Array> {
  if (end - start <= PIECE_BYTES) {
    return piece(start, end);
  }
  const bytes = new Uint8Array(end - start);
  for (let at = start; at < end; at += PIECE_BYTES) {
    bytes.set(await piece(at, Math.min(at + PIECE_BYTES, end)), at - start);
  }
  return bytes;
}

/** Asks the service for bytes of the file. When they cannot be had, it ends this thread. */
function piece(start: number, end: number): Promise<Uint8Array> {
  return new Promise(resolve => {
    const id = slices++;
    waiting.set(id, resolve);
    tell({ kind: 'slice', id, start, end });
  });
}

function tell(message: FromThread): void {
  port.postMessage(message);
}

async function answer(question: PreviewQuestion): Promise<FromThread> {
  const limit = new ReadLimit();
  const file = limit.reader({ byteLength: question.byteLength, slice });
  try {
    return { kind: 'answer', stream: await Promise.race([rowsOf(question), limit.exceeded]) };
  } catch (error) {
    if (error instanceof TooLarge) {
      return { kind: 'too-large', columns: error.columns };
    }
    const message = String((error as Error).message ?? error);
    return {
      kind: 'unreadable',
      sentence: error instanceof UnreadableFile ? message : `could not be read: ${message}`
    };
  }

  function rowsOf({ format }: PreviewQuestion): Promise<Uint8Array> {
    switch (format) {
      case 'parquet':
        return parquetRows(file, question, limit);
      case 'arrow':
        return arrowRows(file, question, limit);
      default:
        return textRows(file, question);
    }
  }
}

// Of the whole process, and for memories that are made from now on: there are no others of this size.
setFlagsFromString(`--wasm-max-mem-pages=${WASM_PAGES_MAX}`);

port.on('message', (message: ToThread) => {
  if (message.kind === 'bytes') {
    waiting.get(message.id)?.(message.bytes);
    waiting.delete(message.id);
  } else {
    void answer(message.question).then(tell);
  }
});
