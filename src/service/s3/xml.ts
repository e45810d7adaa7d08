declare const brand: unique symbol;
/** Text that is well-formed XML already; a plain string cannot be passed where this is asked for. */
export type Xml = string & { readonly [brand]: 'Xml' };

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** One element; a string becomes its escaped text, an array its children. */
export function element(name: string, content: string | Xml[]): Xml {
  const inner = typeof content === 'string' ? escapeText(content) : content.join('');
  return (inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`) as Xml;
}

/** As {@link element}, for text that is sure to hold nothing to escape (numbers, times): a listing has thousands. */
export function plainElement(name: string, text: string | number): Xml {
  return `<${name}>${text}</${name}>` as Xml;
}

/** An element whose text stands in quotation marks. */
export function quotedElement(name: string, text: string): Xml {
  return `<${name}>${NAMED['"']}${escapeText(text)}${NAMED['"']}</${name}>` as Xml;
}

/** A whole answer in S3's namespace. */
export function document(root: string, content: string | Xml[]): string {
  const inner = typeof content === 'string' ? escapeText(content) : content.join('');
  const open = `${DECLARATION}<${root} xmlns="${NAMESPACE}"`;
  return inner === '' ? `${open}/>` : `${open}>${inner}</${root}>`;
}

/** A whole answer without a namespace, as S3 writes its errors. */
export function bareDocument(root: string, content: Xml[]): string {
  return DECLARATION + element(root, content);
}

/** What may not stand as it is: markup, and what a parser would drop or normalise (control characters, CR, U+FFFE/F). */
const TO_ESCAPE = /[&<>"\x00-\x1f\x7f-\x9f\u2028\ufffe\uffff]/g;

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Keys may hold characters that XML 1.0 has no way to write; they become numeric references all the same, as
 * S3 does. Clients that meet such keys ask for `encoding-type=url`.
 */
function escapeText(text: string): string {
  return text.replace(
    TO_ESCAPE,
    character => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`
  );
}
