/** A multipart body is parsed byte for byte, and refused if it is malformed. */

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { MalformedBody } from '../../../../src/sandbox/api/form/decode-utf8.ts';
import { parseMultipart } from '../../../../src/sandbox/api/form/parse-multipart.ts';

/** A body as Node writes it. */
async function encode(form: FormData): Promise<[body: Buffer, boundary: string]> {
  const response = new Response(form);
  const boundary = /boundary=(.+)$/.exec(response.headers.get('content-type') ?? '')?.[1] ?? '';
  return [Buffer.from(await response.arrayBuffer()), boundary];
}

const part = (head: string, content = '') => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const fileHeader = (filename: string) => `Content-Disposition: form-data; name="f"; filename="${filename}"`;
const parse = (text: string) => parseMultipart(Buffer.from(text), 'b');

test('parses what Node writes: order, repeats, every byte, every name', async () => {
  const bytes = randomBytes(100_000);
  const names = [
    'plain.txt',
    'say "hi".txt',
    '100%25 & ; = é.txt',
    'Привет 🎉.png',
    'back\\slash.txt',
    'a\r\nb.txt',
  ];
  const form = new FormData();
  form.append('body', 'one\r\n--two 🎉');
  for (const name of names) form.append('attachment', new File([bytes], name, { type: 'image/png' }));
  form.append('body', '');
  const { fields, files } = parseMultipart(...(await encode(form)));
  expect(fields).toEqual([
    ['body', 'one\r\n--two 🎉'],
    ['body', ''],
  ]);
  expect(files.map((it) => it.filename)).toEqual(names);
  for (const file of files) {
    expect(file).toMatchObject({ fieldName: 'attachment', mimeType: 'image/png' });
    expect(bytes.equals(file.bytes)).toBe(true);
  }
});

test('keeps file content that looks like a boundary', () => {
  const content = '\r\n\r\n--\r\n--a\r\n\r\n';
  const { files } = parse(`${part('Content-Disposition: form-data; name="x"; filename="y"', content)}--b--`);
  expect(Buffer.from(files[0]?.bytes ?? []).toString()).toBe(content);
});

test('accepts a preamble, an epilogue, padding, bare parameters, a part without content', () => {
  const text = `before\r\n--b \t\r\ncontent-disposition: FORM-DATA; name=a\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="g"\r\n\r\n--b--\r\nafter`;
  const { fields, files } = parse(text);
  expect(fields).toEqual([['a', '']]);
  expect(files).toEqual([
    { fieldName: 'f', filename: 'g', mimeType: 'application/octet-stream', bytes: new Uint8Array() },
  ]);
});

test('does not split a quoted name at a semicolon', () => {
  const { files } = parse(
    `${part('Content-Disposition: form-data; name="f"; filename="a; name=b.txt"')}--b--`,
  );
  expect(files[0]).toMatchObject({ fieldName: 'f', filename: 'a; name=b.txt' });
});

test.each([
  ['nothing at all', ''],
  ['no boundary', 'hello'],
  ['cut off in the content', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nhal'],
  ['cut off in the headers', '--b\r\nContent-Disposition: form-data'],
  ['no last boundary', part('Content-Disposition: form-data; name="a"')],
  ['another boundary that begins like this one', '--bb\r\n'],
  ['no headers', '--b\r\n\r\nhello\r\n--b--'],
  ['a header line without a name', `${part('Content-Disposition form-data')}--b--`],
  ['no disposition', `${part('Content-Type: text/plain')}--b--`],
  ['no name', `${part('Content-Disposition: form-data; filename="a"')}--b--`],
  ['a quote inside a name', `${part('Content-Disposition: form-data; name="a\\"b"')}--b--`],
  ['an empty name', `${part('Content-Disposition: form-data; name=""')}--b--`],
  ['a parameter twice', `${part('Content-Disposition: form-data; name="a"; name="a"')}--b--`],
  ['a header twice', `${part('Content-Disposition: form-data; name="a"\r\nX: 1\r\nx: 1')}--b--`],
  ['base64', `${part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64')}--b--`],
  ['a file of a multipart type', `${part(`${fileHeader('a')}\r\nContent-Type: Multipart/mixed`)}--b--`],
  ['headers of more than 1024 bytes', `${part(`${fileHeader('a')}\r\nX: ${'x'.repeat(1024)}`)}--b--`],
  ['filename*', `${part('Content-Disposition: form-data; name="a"; filename*=UTF-8\'\'b')}--b--`],
])('refuses a body with %s', (_, text) => {
  expect(() => parse(text)).toThrow(MalformedBody);
});

test.each([
  '',
  '.',
  '..',
  'x/',
  'x/..',
  'x\\',
  'a\\\\',
  'a\\"',
  '\t',
  'a\u0000b',
  '\u007f',
  '\u2028',
  'a\u2029.txt',
  '\u200b',
  '.\u00ad.',
  '\u00a0',
  '&#47;',
  'a&sol;',
])('refuses a file with the name %j, which some servers drop', (filename) => {
  expect(() => parse(`${part(fileHeader(filename), 'bytes')}--b--`)).toThrow(MalformedBody);
});

test.each(['...', '.profile', 'back\\slash.txt', '&', 'a&b.txt', 'a\u200bb', 'отчёт', '_'])(
  'accepts a file with the name %j',
  (filename) => {
    expect(parse(`${part(fileHeader(filename), 'bytes')}--b--`).files).toMatchObject([{ filename }]);
  },
);

test('ignores a file input without a file', () => {
  expect(parse(`${part(fileHeader(''))}--b--`)).toEqual({ fields: [], files: [] });
});

test('refuses text that is not UTF-8, in a field and in a name', () => {
  const broken = (before: string, after: string) =>
    parseMultipart(Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]), 'b');
  expect(() => broken('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n', '\r\n--b--')).toThrow(
    MalformedBody,
  );
  expect(() => broken('--b\r\nContent-Disposition: form-data; name="', '"\r\n\r\n\r\n--b--')).toThrow(
    MalformedBody,
  );
});
