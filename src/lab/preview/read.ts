import type { ReadonlyPartialJSONObject, ReadonlyPartialJSONValue } from '@lumino/coreutils';
import type { Client } from '../client/client.js';
import type { PreviewKind } from './kind.js';

/** What is shown of an object. */
export type Preview =
  | {
      kind: 'content';
      /** Type → data, as JupyterLab's renderers take them; text is in it for when nothing renders the other. */
      bundle: ReadonlyPartialJSONObject;
      /** Bytes shown where that is not all of the object. */
      shownBytes: number | null;
    }
  /** Nothing to read in it. */
  | { kind: 'binary' }
  | { kind: 'too-large' };

/** An object, and its size in bytes. */
export interface PreviewPlace {
  repository: string;
  ref: string;
  path: string;
  size: number;
}

/**
 * Reads what a preview needs: a beginning, or the whole where only that makes sense.
 *
 * @throws RequestError
 */
export async function readPreview(
  client: Client,
  place: PreviewPlace,
  kind: PreviewKind,
  signal: AbortSignal
): Promise<Preview> {
  const { repository, ref, path, size } = place;
  if (size > kind.bytesMax && !kind.partial) {
    return { kind: 'too-large' };
  }
  if (size === 0) {
    return { kind: 'content', bundle: { 'text/plain': '' }, shownBytes: null };
  }
  const bytes = await client.objects.read(repository, ref, path, Math.min(size, kind.bytesMax), signal);
  const shownBytes = bytes.length < size ? bytes.length : null;
  if (kind.mimeType.startsWith('image/')) {
    return { kind: 'content', bundle: { [kind.mimeType]: base64(bytes) }, shownBytes };
  }
  const text = decode(bytes, shownBytes !== null);
  if (text === undefined) {
    return { kind: 'binary' };
  }
  const bundle: Record<string, ReadonlyPartialJSONValue> = { 'text/plain': text };
  if (kind.mimeType === 'text/markdown') {
    bundle[kind.mimeType] = text;
  } else if (kind.mimeType === 'application/json') {
    try {
      bundle[kind.mimeType] = JSON.parse(text) as ReadonlyPartialJSONValue;
    } catch {
      // Not what its name says: shown as the text that it is.
    }
  }
  return { kind: 'content', bundle, shownBytes };
}

/** Bytes in which an array of records has begun. */
const BEGINNING_BYTES = 256;

/** Whether a JSON file is an array of records rather than a document. @throws RequestError */
export async function holdsRecords(
  client: Client,
  { repository, ref, path }: Omit<PreviewPlace, 'size'>,
  signal: AbortSignal
): Promise<boolean> {
  const bytes = await client.objects.read(repository, ref, path, BEGINNING_BYTES, signal);
  return /^\uFEFF?\s*\[\s*\{/.test(new TextDecoder().decode(bytes));
}

/** Text in UTF-8; undefined for what is none. A beginning may end inside a character. */
function decode(bytes: Uint8Array, isBeginning: boolean): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isBeginning });
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Bytes turned at a time: all at once would be too many arguments. */
const PIECE = 0x8000;

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(binary);
}
