import { Client } from '../../../src/lab/client/client';
import { previewKindOf } from '../../../src/lab/preview/kind';
import type { Preview } from '../../../src/lab/preview/read';
import { readPreview } from '../../../src/lab/preview/read';
import { FakeService } from '../fake-service';

async function preview(path: string, content: Uint8Array | string): Promise<Preview> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const service = new FakeService();
  service.contents.set(path, bytes);
  const place = { repository: 'quickstart', ref: 'main', path, size: bytes.length };
  return readPreview(new Client(service), place, previewKindOf({ path })!, new AbortController().signal);
}

function content(bundle: object, shownBytes: number | null = null): Preview {
  return { kind: 'content', bundle, shownBytes } as Preview;
}

test('text, Markdown and JSON are given as the types that JupyterLab renders', async () => {
  expect(await preview('notes.txt', 'Hi')).toEqual(content({ 'text/plain': 'Hi' }));
  expect(await preview('a/README.md', '# Hi')).toEqual(
    content({ 'text/plain': '# Hi', 'text/markdown': '# Hi' })
  );
  expect(await preview('a.json', '{"a":1}')).toEqual(
    content({ 'text/plain': '{"a":1}', 'application/json': { a: 1 } })
  );
});

test('what is no JSON is shown as the text that it is', async () => {
  expect(await preview('a.json', '{"a":')).toEqual(content({ 'text/plain': '{"a":' }));
});

test('HTML and SVG are text here, never a page', async () => {
  const page = '<svg onload="alert(1)"/>';
  for (const path of ['a.svg', 'a.html', 'a']) {
    expect(await preview(path, page)).toEqual(content({ 'text/plain': page }));
  }
});

test('of a long text the beginning is shown, also when it ends inside a character', async () => {
  const euros = '€'.repeat(40_000);
  const shown = await preview('log.txt', euros);
  expect(shown).toMatchObject({ kind: 'content', shownBytes: 64 * 1024 });
  const text = (shown as { bundle: Record<string, string> }).bundle['text/plain']!;
  expect(euros.startsWith(text)).toBe(true);
  expect(text).toHaveLength(21_845);
});

test('bytes that are no text are not shown, and nothing is read of what cannot be', async () => {
  expect(await preview('model.bin', new Uint8Array([0xff, 0xfe, 0x00]))).toEqual({ kind: 'binary' });
  expect(await preview('zeros', new Uint8Array(8))).toEqual({ kind: 'binary' });
  expect(previewKindOf({ path: 'a/b.parquet' })).toBeNull();
});

test('an image is read whole or not at all', async () => {
  const dot = new Uint8Array([137, 80, 78, 71]);
  expect(await preview('dot.PNG', dot)).toEqual(content({ 'image/png': 'iVBORw==' }));
  expect(await preview('big.jpg', new Uint8Array(20 * 1024 * 1024 + 1))).toEqual({ kind: 'too-large' });
});
