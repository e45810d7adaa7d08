import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { S3Error } from '../../../src/service/s3/errors.js';
import { bareDocument, document, element } from '../../../src/service/s3/xml.js';
import { readXml } from '../../../src/service/s3/xml-reader.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '<a>&amp;</a>',
    ']]>',
    '\r\n\t ',
    '\u0000\u001f',
    '"\'',
    '&#65;',
    '\ufffe\u2028\u0085',
    '\u{1F600}'
  )
);

test('every text that is written is read back as it was', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), keys => {
      const xml = document(
        'Delete',
        keys.map(key => element('Object', [element('Key', key)]))
      );
      const root = readXml(Buffer.from(xml), 'Delete');
      expect(root.children('Object').map(object => object.text('Key'))).toEqual(keys);
    }),
    { numRuns: 500 }
  );
});

test('what is written is well-formed for another parser too', () => {
  const parser = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });
  fc.assert(
    // References to control characters are the one thing that S3 writes and XML 1.0 does not allow.
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), value => {
      const parsed = parser.parse(bareDocument('Error', [element('Message', value)]), true) as {
        Error: { Message: string };
      };
      expect(parsed.Error.Message).toBe(value);
    })
  );
});

test('an answer has S3’s namespace, an error none', () => {
  expect(document('Tagging', [element('TagSet', [])])).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet/></Tagging>'
  );
  expect(bareDocument('Error', [])).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<Error/>');
});

test('white space in a key counts, between elements it does not', () => {
  const root = readXml(
    Buffer.from('<Delete>\n  <Object>\n <Key> a b </Key></Object>\n</Delete>\n'),
    'Delete'
  );
  expect(root.children('Object')[0]!.text('Key')).toBe(' a b ');
});

test.each([
  ['a document type', '<!DOCTYPE Delete [<!ENTITY a "b">]><Delete/>'],
  ['entities of its own', '<Delete><Object><Key>&a;</Key></Object></Delete>'],
  ['an ampersand by itself', '<Delete><Object><Key>a & b</Key></Object></Delete>'],
  ['a reference to half a character', '<Delete><Object><Key>&#xD800;</Key></Object></Delete>'],
  ['a reference beyond Unicode', '<Delete><Object><Key>&#x110000;</Key></Object></Delete>'],
  ['CDATA', '<Delete><Object><Key><![CDATA[a]]></Key></Object></Delete>'],
  ['two keys', '<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>'],
  ['a key that holds elements', '<Delete><Object><Key><b>c</b></Key></Object></Delete>'],
  ['another root', '<Other/>'],
  ['an element that is not closed', '<Delete><Object></Delete>'],
  ['nothing', ''],
  ['no XML', 'hello'],
  ['a reserved name', '<Delete><__proto__><Key>a</Key></__proto__></Delete>'],
  ['deep nesting', `<Delete>${'<a>'.repeat(50)}${'</a>'.repeat(50)}</Delete>`]
])('%s is refused as malformed', (_, xml) => {
  const read = (): unknown => {
    const root = readXml(Buffer.from(xml), 'Delete');
    return root.children('Object').map(object => object.text('Key'));
  };
  expect(read).toThrow(S3Error);
  expect(read).toThrow(/not well-formed/);
});

test('bytes that are not UTF-8 are refused', () => {
  expect(() => readXml(Buffer.from('<Delete>\xff</Delete>', 'latin1'), 'Delete')).toThrow(/UTF-8/);
});
