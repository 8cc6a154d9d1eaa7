/** The header of a part is parsed as every client writes it, and rejected if it is malformed. */

import { describe, expect, test } from 'vitest';
import { BadRequest } from '../../../src/http/endpoint/errors.ts';
import { type PartHeader, parsePartHeader } from '../../../src/http/uploads/part-header.ts';
import { expectLinearTime } from '../../support/expect-linear-time.ts';

const disposition = (parameters: string) => `Content-Disposition: form-data; ${parameters}`;
const fileNameOf = (parameters: string) => parsePartHeader(disposition(`name="0"; ${parameters}`)).fileName;

/** The parsed header or the error. */
function refusal(text: string): string {
  try {
    return `accepted: ${JSON.stringify(parsePartHeader(text))}`;
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    expect(error.status).toBe(400);
    return error.message;
  }
}

describe('a header', () => {
  const plain: PartHeader = { name: '0', fileName: 'a.txt', mediaType: 'text/plain' };
  test.each<[text: string, expected: PartHeader]>([
    ['Content-Disposition: form-data; name="0"; filename="a.txt"\r\nContent-Type: text/plain', plain],
    ['content-type: text/plain\r\ncontent-disposition: form-data; name="0"; filename="a.txt"', plain],
    ['CONTENT-DISPOSITION:FORM-DATA;NAME="0";FILENAME="a.txt"\r\nCONTENT-TYPE:text/plain', plain],
    [
      'Content-Disposition:\tform-data ; name = "0" ;\tfilename = a.txt \r\nContent-Type:   text/plain  ',
      plain,
    ],
    [
      'Content-Disposition: form-data; filename="a.txt"; name="0"\r\nContent-Type: text/plain\r\nX-More: 1',
      plain,
    ],
    [
      'Content-Disposition: form-data; name="operations"',
      { name: 'operations', fileName: null, mediaType: null },
    ],
    [
      'Content-Disposition: form-data; name=operations',
      { name: 'operations', fileName: null, mediaType: null },
    ],
    ['Content-Disposition: form-data; name=""', { name: '', fileName: null, mediaType: null }],
    ['Content-Disposition: form-data; name="a\\"b"', { name: 'a"b', fileName: null, mediaType: null }],
    ['Content-Disposition: form-data; name="ключ"', { name: 'ключ', fileName: null, mediaType: null }],
    [
      'Content-Disposition: form-data; name="__proto__"; filename=""',
      { name: '__proto__', fileName: '', mediaType: null },
    ],
    [
      'Content-Disposition: form-data; name="0"; filename="a"\r\nContent-Type: text/csv; charset=utf-8; x="a;b"',
      { name: '0', fileName: 'a', mediaType: 'text/csv; charset=utf-8; x="a;b"' },
    ],
    [
      'Content-Disposition: form-data; name="0"; filename="a"\r\nContent-Length: 5\r\nContent-Transfer-Encoding: binary',
      { name: '0', fileName: 'a', mediaType: null },
    ],
    ...[
      'size=5',
      'modification-date="Mon, 25 Apr 2016 10:40:18 GMT"',
      'p2=1',
      'x-id=""',
      "filename*0*=UTF-8''b; filename*1=c",
      "name*=UTF-8''1",
      "!#$%&'*+-.^_`|~=x",
      'x=1; x=2; X=3',
      'x="a; name=b; filename=c"',
      'x="\\"; name=b"',
    ].map((unknown): [string, PartHeader] => [
      `Content-Disposition: form-data; filename="a.txt"; ${unknown}; name="0"\r\nContent-Type: text/plain`,
      plain,
    ]),
    ...['7bit', '8bit', 'binary', 'BINARY', '7Bit'].map((encoding): [string, PartHeader] => [
      `${disposition('name="0"; filename="a.txt"')}\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: ${encoding}`,
      plain,
    ]),
  ])('is parsed: %j', (text, expected) => expect(parsePartHeader(text)).toEqual(expected));

  const typeOf = (type: string) =>
    parsePartHeader(`${disposition('name="0"; filename="a"')}\r\nContent-Type: ${type}`).mediaType;

  test('with an empty type has none', () => expect(typeOf('')).toBeNull());

  test('with a type that cannot be forwarded has none', () => {
    const long = `text/plain; x=${'y'.repeat(241)}`;
    expect(typeOf(long)).toBe(long);
    for (const type of [`${long}y`, 'text/плохо', 'multipart/mixed; boundary=b', 'Multipart/Form-Data']) {
      expect(typeOf(type), type).toBeNull();
    }
  });

  test.each(['base64', 'quoted-printable', 'Base64', 'x-gzip', '7 bit', ''])(
    'with the transfer encoding %j is rejected',
    (encoding) => {
      const text = `${disposition('name="0"; filename="a"')}\r\nContent-Transfer-Encoding: ${encoding}`;
      expect(refusal(text)).toBe(
        `The Content-Transfer-Encoding of a part must be 7bit, 8bit or binary, but is "${encoding}".`,
      );
    },
  );

  test.each<[text: string, says: RegExp]>([
    ['', /malformed/],
    ['nonsense', /malformed/],
    ['Content-Disposition form-data', /malformed/],
    [': form-data; name="0"', /malformed/],
    ['Content-Disposition : form-data; name="0"', /malformed/],
    [' Content-Disposition: form-data; name="0"', /malformed/],
    ['Content-Disposition: form-data;\r\n name="0"', /malformed/],
    ['Content-Disposition: form-data;\r\n\tname="0"', /malformed/],
    ['Content-Disposition: form-data; name="0"\nContent-Type: text/plain', /malformed/],
    ['Content-Disposition: form-data; name="0"\rContent-Type: text/plain', /malformed/],
    [`${disposition('name="0"')}\r\n`, /malformed/],
    [`${disposition('name="0"')}\r\n${disposition('name="0"')}`, /malformed/],
    [`${disposition('name="0"')}\r\n${disposition('name="0"').toUpperCase()}`, /malformed/],
    [`${disposition('name="0"')}\r\nContent-Type: a/b\r\ncontent-type: c/d`, /malformed/],
    [`${disposition('name="0"')}\r\nКлюч: 1`, /malformed/],
    ['Content-Type: text/plain', /no name/],
    ['Content-Disposition: attachment; name="0"', /no name/],
    ['Content-Disposition: form-data', /no name/],
    ['Content-Disposition: form-data;', /no name/],
    ['Content-Disposition: form-dataname="0"', /no name/],
    ['Content-Disposition: form-data; filename="a.txt"', /no name/],
    [disposition('name'), /no name/],
    [disposition('name="0'), /no name/],
    [disposition('name="0"x'), /no name/],
    [disposition('name="0" filename="a"'), /no name/],
    [disposition('name="0";'), /no name/],
    [disposition('name="0"; name="1"'), /no name/],
    [disposition('name="0"; NAME="1"'), /no name/],
    [disposition('name="0"; filename="a"; filename="b"'), /no name/],
    [disposition("name=\"0\"; filename*=UTF-8''a; filename*=UTF-8''b"), /no name/],
    [disposition('name="0"; filename="a"b"'), /no name/],
    [disposition('name="0"; file name="a"'), /no name/],
    [disposition("name*=UTF-8''0"), /no name/],
  ])('is rejected: %j', (text, says) => expect(refusal(text)).toMatch(says));

  test.each<[name: string, text: string]>([
    ['spaces before a letter', `${disposition('name="0"')}\r\nX:${' '.repeat(8_000)}b`],
    ['spaces between letters', `${disposition('name="0"')}\r\nX: a${' '.repeat(8_000)}b`],
    ['spaces and tabs before a line break', `${disposition('name="0"')}\r\nX:${' \t'.repeat(4_000)}\rb`],
    ['spaces before a line separator', `${disposition('name="0"')}\r\nX:${' '.repeat(8_000)}\u2028`],
    ['spaces among the parameters', disposition(`name="0"${' '.repeat(8_000)}x`)],
    ['spaces before an equals sign', disposition(`name${' '.repeat(8_000)}x`)],
    [
      'spaces after the semicolon',
      `Content-Disposition: form-data${' '.repeat(4_000)};${' '.repeat(4_000)}"`,
    ],
    ['backslashes', disposition(`name="${'\\'.repeat(8_001)}"`)],
    ['quotes', disposition(`name=${'"'.repeat(8_000)}`)],
    ['parameters', disposition(`name="0"${';a=b'.repeat(2_000)}`)],
    ['semicolons', disposition(`name="0"${';'.repeat(8_000)}`)],
    ['percent signs', disposition(`name="0"; filename*=UTF-8''${'%'.repeat(8_000)}`)],
    ['lines', 'a:b\r\n'.repeat(1_500)],
  ])('of 8 KiB is parsed in linear time: %s', (_name, text) => {
    const parts = [1 / 16, 1 / 8, 1 / 4, 1].map((part) =>
      text.replaceAll(/(.{1,6}?)\1{99,}/gsu, (run) => run.slice(0, Math.floor(run.length * part))),
    );
    expectLinearTime(parts, refusal);
  });
});

describe('the name of a file', () => {
  test.each<[parameters: string, expected: string | null]>([
    ['filename="a.txt"', 'a.txt'],
    ['filename=a.txt', 'a.txt'],
    ['filename=', ''],
    ['filename=""', ''],
    ['filename=" "', ' '],
    ['filename="a;b=c, d.txt"', 'a;b=c, d.txt'],
    ['filename="say %22hi%22.txt"', 'say "hi".txt'],
    ['filename="say \\"hi\\".txt"', 'say "hi".txt'],
    ['filename="a%0D%0ab.txt"', 'a\r\nb.txt'],
    ['filename="100%.txt"', '100%.txt'],
    ['filename="%41%C3%A9%2F.txt"', '%41%C3%A9%2F.txt'],
    ['filename="%2522.txt"', '%2522.txt'],
    ['filename="C:\\dir\\new\\a.txt"', 'C:\\dir\\new\\a.txt'],
    ['filename="a\\\\b.txt"', 'a\\b.txt'],
    ['filename="🎉 отчёт.txt"', '🎉 отчёт.txt'],
    ['filename="a\u0000\u0007\u007f.txt"', 'a\u0000\u0007\u007f.txt'],
    ['filename="a\tb.txt"', 'a\tb.txt'],
    ['filename="a\u2028b\u2029c\u0085d.txt"', 'a\u2028b\u2029c\u0085d.txt'],
    ["filename*=UTF-8''na%C3%AFve%20file.txt", 'naïve file.txt'],
    ["filename*=utf-8'en'a.txt", 'a.txt'],
    ['filename*="UTF-8\'\'%F0%9F%8E%89.txt"', '🎉.txt'],
    ["filename*=UTF-8''a%22%5C%0D%0Ab", 'a"\\\r\nb'],
    ['filename="plain.txt"; filename*=UTF-8\'\'%E2%82%AC.txt', '€.txt'],
    ['filename*=UTF-8\'\'%E2%82%AC.txt; filename="plain.txt"', '€.txt'],
    ['filename="plain.txt"; filename*=UTF-8\'\'%FF.txt', 'plain.txt'],
    ['filename="plain.txt"; filename*=UTF-8\'\'%.txt', 'plain.txt'],
    ['filename="plain.txt"; filename*=ISO-8859-1\'\'%E9.txt', 'plain.txt'],
    ['filename="plain.txt"; filename*=%E2%82%AC.txt', 'plain.txt'],
    ['filename="plain.txt"; filename*=', 'plain.txt'],
    ['filename="plain.txt"; filename*=""', 'plain.txt'],
  ])('is read from %j', (parameters, expected) => expect(fileNameOf(parameters)).toBe(expected));

  test('is null without the parameter', () => {
    expect(parsePartHeader(disposition('name="0"')).fileName).toBeNull();
    expect(fileNameOf('x="filename=a"')).toBeNull();
  });
});
