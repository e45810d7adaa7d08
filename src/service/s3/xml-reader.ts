import { XMLParser } from 'fast-xml-parser';
import { S3Error } from './errors.js';

/**
 * Entities stay unresolved in the parser and are decoded here: five names and numeric references, nothing a
 * document could define by itself. S3 bodies are three levels deep.
 */
const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  maxNestedTags: 8
});

/** An element of a request body. */
export class XmlElement {
  constructor(private readonly node: unknown) {}

  /** The decoded text of the only child `name`, or undefined when there is none. @throws S3Error MalformedXML when there are several */
  text(name: string): string | undefined {
    const found = this.values(name);
    if (found.length > 1) {
      throw malformed(`<${name}> may stand only once.`);
    }
    const [value] = found;
    if (value === undefined) {
      return undefined;
    }
    if (typeof value !== 'string') {
      throw malformed(`<${name}> must hold text.`);
    }
    return decodeEntities(value);
  }

  /** All children `name`, in order. */
  children(name: string): XmlElement[] {
    return this.values(name).map(value => new XmlElement(value));
  }

  private values(name: string): unknown[] {
    if (typeof this.node !== 'object' || this.node === null || !Object.hasOwn(this.node, name)) {
      return [];
    }
    const value = (this.node as Record<string, unknown>)[name];
    return Array.isArray(value) ? value : [value];
  }
}

/**
 * Reads a request body whose root element is `root`.
 * @throws S3Error MalformedXML for anything else: other roots, DOCTYPE, CDATA, bytes that are not UTF-8
 */
export function readXml(bytes: Buffer, root: string): XmlElement {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('It is not UTF-8.');
  }
  // Both are beyond what any S3 client sends, and where XML parsers get into trouble.
  if (/<!(DOCTYPE|\[CDATA\[|ENTITY)/i.test(text)) {
    throw malformed('DOCTYPE, ENTITY and CDATA are refused.');
  }
  let parsed: unknown;
  try {
    parsed = parser.parse(text, true);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
  const [found] = new XmlElement(parsed).children(root);
  if (found === undefined) {
    throw malformed(`The root element must be <${root}>.`);
  }
  return found;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  if (!text.includes('&')) {
    return text;
  }
  return text.replace(/&([^;&]*;?)/g, (whole, body: string) => {
    const name = body.endsWith(';') ? body.slice(0, -1) : '';
    const numeric = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    const point = numeric ? parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] === undefined ? 10 : 16) : -1;
    if (point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)) {
      return String.fromCodePoint(point);
    }
    const named = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (named === undefined) {
      throw malformed(`The entity ${whole.slice(0, 20)} is unknown.`);
    }
    return named;
  });
}

function malformed(detail: string): S3Error {
  return new S3Error(
    'MalformedXML',
    400,
    `The XML you provided was not well-formed or did not validate against our schema. ${detail}`
  );
}
