/** Parts are found byte for byte, regardless of the chunks of the stream. */

import { describe, expect, test } from 'vitest';
import { BadRequest } from '../../../src/http/endpoint/errors.ts';
import { MultipartScanner } from '../../../src/http/uploads/multipart-scanner.ts';
import { boundary, closing, field, file, form, part } from '../../support/multipart-body.ts';
import { seededRandom } from '../../support/random-selection.ts';

type Found = [name: string, fileName: string | null, content: Buffer];

const typeOf = (text: string) => `multipart/form-data; boundary=${text}`;

/** The parts or the error for bytes in these chunks. */
function scan(chunks: readonly Buffer[], contentType = typeOf(boundary)): Found[] | string {
  const found: Found[] = [];
  let contents: Buffer[] | null = null;
  try {
    const scanner = new MultipartScanner(contentType, {
      onPart({ name, fileName }) {
        expect(contents).toBeNull();
        contents = [];
        found.push([name, fileName, Buffer.alloc(0)]);
      },
      onData(bytes) {
        expect(bytes.length).toBeGreaterThan(0);
        // A copy, since the bytes are a view of a chunk that may be reused.
        contents?.push(Buffer.from(bytes));
      },
      onPartEnd() {
        const last = found.at(-1);
        if (!last || !contents) return expect.unreachable();
        last[2] = Buffer.concat(contents);
        contents = null;
      },
    });
    for (const chunk of chunks) scanner.write(chunk);
    scanner.end();
    expect(contents).toBeNull();
    return found;
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return `${error.status} ${error.message}`;
  }
}

function inChunks(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

/** Scans the bytes in one piece, in chunks of several small sizes, and split at every position: all results must be equal. */
function scanEveryWay(bytes: Buffer, contentType?: string): Found[] | string {
  const whole = scan([bytes], contentType);
  for (const size of [1, 2, 3, 7, boundary.length, boundary.length + 4, 64]) {
    expect(scan(inChunks(bytes, size), contentType), `in chunks of ${size}`).toEqual(whole);
  }
  for (let at = 0; at <= bytes.length; at++) {
    expect(scan([bytes.subarray(0, at), bytes.subarray(at)], contentType), `cut at ${at}`).toEqual(whole);
  }
  return whole;
}

const lookAlikes: [name: string, content: string | Buffer][] = [
  ['nothing', ''],
  ['one byte', 'a'],
  ['a line break', '\r\n'],
  ['half of a line break', '\r'],
  ['line breaks', '\r\n'.repeat(20)],
  ['carriage returns', '\r'.repeat(50)],
  ['the end of a header', '\r\n\r\n'],
  ['the beginning of a delimiter', '\r\n-'],
  ['a longer beginning of a delimiter', '\r\n--'],
  ['all of a delimiter but its last character', `\r\n--${boundary.slice(0, -1)}`],
  ['the same with another last character', `\r\n--${boundary.slice(0, -1)}4`],
  [
    'two overlapping beginnings of a delimiter',
    `\r\n--${boundary.slice(0, -1)}\r\n--${boundary.slice(0, -1)}`,
  ],
  [
    'all beginnings of a delimiter',
    Array.from(`\r\n--${boundary}`, (_, at) => `\r\n--${boundary}`.slice(0, at)).join(''),
  ],
  ['a boundary that is not on a new line', `a--${boundary}--\r\n`],
  ['a boundary after a line feed alone', `a\n--${boundary}\n`],
  ['a boundary after a carriage return alone', `a\r--${boundary}\r`],
  ['a boundary with one dash', `\r\n-${boundary}--\r\n`],
  ['a boundary in another letter case', `\r\n--${boundary.toUpperCase()}--\r\n`],
  ['a complete form with another boundary', form(field('a', 'b')).toString().replaceAll(boundary, 'other')],
  ['every byte', Buffer.from(Array.from({ length: 256 }, (_, index) => index))],
];

describe('the content of a part', () => {
  test.each(lookAlikes)('is exact: %s', (_name, content) => {
    const bytes = form(
      field('operations', '{}'),
      file(content),
      file(content, { name: '1' }),
      file('', { name: '2' }),
    );
    expect(scanEveryWay(bytes)).toEqual([
      ['operations', null, Buffer.from('{}')],
      ['0', 'a.txt', Buffer.from(content)],
      ['1', 'a.txt', Buffer.from(content)],
      ['2', 'a.txt', Buffer.alloc(0)],
    ]);
  });

  test('can arrive in large chunks', () => {
    const content = Buffer.alloc(3_000_000, `\r\n--${boundary.slice(0, -1)}`);
    expect(scan(inChunks(form(file(content)), 65_536))).toEqual([['0', 'a.txt', content]]);
  });
});

describe('memory', () => {
  /** The memory of the content that the listener receives, for these chunks. */
  function memoryOfContent(chunks: readonly Buffer[]): ArrayBufferLike[] {
    const memory: ArrayBufferLike[] = [];
    const onData = (bytes: Buffer) => memory.push(bytes.buffer);
    const scanner = new MultipartScanner(typeOf(boundary), { onPart() {}, onData, onPartEnd() {} });
    for (const chunk of chunks) scanner.write(chunk);
    scanner.end();
    return memory;
  }

  const bytes = Buffer.from(form(file(Buffer.alloc(60_000, 'x'))));

  test('a chunk with the first boundary is not copied', () => {
    const [memory] = memoryOfContent([bytes]);
    expect(memory).toBe(bytes.buffer);
  });

  test('a copy of a chunk is freed at once', () => {
    const inHeader = 40;
    const [copy] = memoryOfContent([bytes.subarray(0, inHeader), bytes.subarray(inHeader)]);
    expect(copy).not.toBe(bytes.buffer);
    expect(copy?.byteLength).toBe(0);
  });
});

describe('a boundary', () => {
  test.each<[contentType: string, boundary: string]>([
    ['multipart/form-data; boundary=a', 'a'],
    ['multipart/form-data;boundary=a', 'a'],
    ['Multipart/Form-Data; Boundary=AbC', 'AbC'],
    ['multipart/form-data; boundary="a b"', 'a b'],
    ['multipart/form-data; boundary="a;b"; charset=utf-8', 'a;b'],
    ['multipart/form-data; boundary=a; charset=utf-8', 'a'],
    ['multipart/form-data; charset=utf-8; boundary=a', 'a'],
    ['multipart/form-data; boundary=----WebKitFormBoundaryABC', '----WebKitFormBoundaryABC'],
    ["multipart/form-data; boundary=a'()+_,-./:=?", "a'()+_,-./:=?"],
    ['multipart/form-data; boundary=--', '--'],
    [`multipart/form-data; boundary=${'b'.repeat(70)}`, 'b'.repeat(70)],
  ])('is read from %s', (contentType, expected) => {
    const bytes = Buffer.from(form(field('a', 'b')).toString().replaceAll(boundary, expected));
    expect(scanEveryWay(bytes, contentType)).toEqual([['a', null, Buffer.from('b')]]);
  });

  test.each([
    'multipart/form-data',
    'multipart/form-data;',
    'multipart/form-data; boundary',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="a',
    'multipart/form-data; boundary=a b',
    'multipart/form-data; boundary="a"b',
    'multipart/form-data; xboundary=a',
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
    `multipart/form-data; boundary="${'b'.repeat(71)}"`,
    'multipart/mixed; boundary=a',
    '',
  ])('is missing or malformed in %j', (contentType) => {
    expect(scan([form(field('a', 'b'))], contentType)).toMatch(/^400 .*names no valid boundary/);
  });
});

describe('a body', () => {
  test('can have no parts', () => {
    expect(scanEveryWay(closing)).toEqual([]);
    expect(scanEveryWay(Buffer.from(`--${boundary}--`))).toEqual([]);
  });

  test('can continue after its closing boundary, which is ignored', () => {
    const more = `goes on\r\n--${boundary}\r\n${'x'.repeat(9_000)}`;
    expect(scan([form(field('a', 'b')), Buffer.from(more)])).toEqual([['a', null, Buffer.from('b')]]);
    expect(scanEveryWay(form(form(field('a', 'b')), field('c', 'd')))).toEqual([
      ['a', null, Buffer.from('b')],
    ]);
  });

  const found = [['a', null, Buffer.from('b')]];
  test.each<[name: string, preamble: string]>([
    ['a line break', '\r\n'],
    ['line breaks', '\r\n\r\n\r\n'],
    ['a sentence', 'This is a multi-part message in MIME format.\r\n'],
    ['half of a line break', '\r\r\n'],
    ['the beginning of a boundary', `--${boundary.slice(0, -1)}\r\n`],
    ['a boundary within a line', `- --${boundary}\r\n\r\n`],
    ['a boundary with one dash', `-${boundary}\r\n`],
    ['the beginnings of many boundaries', `\r\n--${boundary.slice(0, -1)}`.repeat(5).concat('\r\n')],
  ])('can have a preamble, which is ignored: %s', (_name, preamble) => {
    expect(scanEveryWay(Buffer.concat([Buffer.from(preamble), form(field('a', 'b'))]))).toEqual(found);
  });

  test.each([1, 7, 1_000, 8_192, 100_000])(
    'can have a preamble of 8192 bytes before its last line break, in chunks of %i',
    (size) => {
      const scanAfter = (bytes: number) =>
        scan(inChunks(Buffer.concat([Buffer.from(`${' '.repeat(bytes)}\r\n`), form(field('a', 'b'))]), size));
      expect(scanAfter(8_192)).toEqual(found);
      const tooLong = /^400 The first 8192 bytes .* do not contain the boundary/;
      expect(scanAfter(8_193)).toMatch(tooLong);
      expect(scanAfter(200_000)).toMatch(tooLong);
    },
  );

  test.each([' ', '\t', ' \t \t', ' '.repeat(256)])('can have %j after its boundaries', (padding) => {
    const text = form(field('a', 'b')).toString();
    const padded = text.replaceAll(boundary, `${boundary}${padding}`).replace(`${padding}--`, `--${padding}`);
    expect(scanEveryWay(Buffer.from(padded))).toEqual(found);
  });

  test('is parsed in the same way in random chunks', () => {
    const random = seededRandom(7);
    const pieces = lookAlikes.map(([, content]) => Buffer.from(content));
    for (let round = 0; round < 200; round++) {
      const pick = () => pieces[Math.floor(random() * pieces.length)] ?? expect.unreachable();
      const bytes = Buffer.concat([
        ...(round % 3 === 0 ? [pick(), pick(), Buffer.from('\r\n')] : []),
        form(
          field('a', pick()),
          Buffer.from(
            file(Buffer.concat([pick(), pick()]))
              .toString('latin1')
              .replace('\r\n', ' \t\r\n'),
            'latin1',
          ),
        ),
      ]);
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + Math.floor(random() ** 3 * 200);
        chunks.push(bytes.subarray(at, at + length));
        at += length;
      }
      expect(scan(chunks), `round ${round}`).toEqual(scan([bytes]));
    }
  });

  const end = /^400 .*ends before its closing boundary/;
  const after = /^400 A boundary .* is followed by neither/;
  const header = /^400 .*header of a part is malformed/;
  const ok = field('a', 'b');
  test.each<[name: string, bytes: Buffer, says: RegExp]>([
    ['nothing', Buffer.alloc(0), end],
    ['a line break', Buffer.from('\r\n'), end],
    ['half of a boundary', Buffer.from(`--${boundary.slice(0, 5)}`), end],
    ['a boundary', Buffer.from(`--${boundary}`), end],
    [
      'another boundary',
      Buffer.from(
        form(ok)
          .toString()
          .replaceAll(boundary, `y${boundary.slice(1)}`),
      ),
      end,
    ],
    ['no closing boundary', ok, end],
    ['no line break before the closing boundary', Buffer.concat([ok.subarray(0, -2), closing]), end],
    ['one dash at the end', Buffer.concat([ok, Buffer.from(`--${boundary}-`)]), end],
    ['no dash at the end', Buffer.concat([ok, Buffer.from(`--${boundary}`)]), end],
    ['one dash and a letter at the end', Buffer.concat([ok, Buffer.from(`--${boundary}-x`)]), after],
    [
      'letters after a boundary',
      Buffer.concat([ok, Buffer.from(`--${boundary}xyz\r\n\r\n`), closing]),
      after,
    ],
    [
      'letters after spaces after a boundary',
      Buffer.from(form(ok).toString().replace('7e3\r\n', '7e3 \tx\r\n')),
      after,
    ],
    [
      'more than 256 spaces after a boundary',
      Buffer.from(
        form(ok)
          .toString()
          .replace('7e3\r\n', `7e3${' '.repeat(257)}\r\n`),
      ),
      after,
    ],
    [
      'spaces between the last boundary and its dashes',
      Buffer.concat([ok, Buffer.from(`--${boundary} --\r\n`)]),
      after,
    ],
    ['a line feed after a boundary', Buffer.from(form(ok).toString().replaceAll('\r\n', '\n')), after],
    ['a truncated header', Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n`), end],
    ['a part without a header', form(Buffer.from(`--${boundary}\r\n\r\n\r\nb\r\n`)), header],
    [
      'a part without an empty line',
      form(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n`)),
      end,
    ],
    ['a line feed in a header', form(part('Content-Disposition: form-data; name="a"\nX: 1')), header],
    ['a folded header', form(part('Content-Disposition: form-data;\r\n name="a"')), header],
    ['a part without a name', form(part('Content-Type: text/plain', 'b')), /^400 A part has no name/],
  ])('is rejected: %s', (_name, bytes, says) => expect(scanEveryWay(bytes)).toMatch(says));
});

describe('the header of a part', () => {
  const start = 'Content-Disposition: form-data; name="a"\r\nX-Long: ';
  const ofSize = (bytes: number) => `${start}${'x'.repeat(bytes - start.length)}`;
  const tooLong = /^413 .*longer than 8192 bytes/;

  test.each([1, 7, 1_000, 8_192, 100_000])('may have 8192 bytes, in chunks of %i', (size) => {
    expect(scan(inChunks(form(part(ofSize(8_192), 'b')), size))).toEqual([['a', null, Buffer.from('b')]]);
  });

  test.each([0, 1, 2, 3, 4, 5])('may have 8192 bytes, cut %i bytes before its content', (before) => {
    const bytes = form(part(ofSize(8_192), 'b'));
    const at = bytes.indexOf('\r\n\r\n') + 4 - before;
    expect(scan([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([['a', null, Buffer.from('b')]]);
  });

  test.each([1, 7, 1_000, 8_192, 100_000])('is rejected with one byte more, in chunks of %i', (size) => {
    expect(scan(inChunks(form(part(ofSize(8_193), 'b')), size))).toMatch(tooLong);
    expect(scan(inChunks(form(part(ofSize(200_000), 'b')), size))).toMatch(tooLong);
  });

  test('is rejected before its end arrives', () => {
    expect(scan([Buffer.from(`--${boundary}\r\n${ofSize(8_200)}`)])).toMatch(tooLong);
  });
});
