/** Other servers parse the form that the gateway sends: they find the attachment with all its bytes, and the exact name in its field. */

import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeMultipart } from '../../../src/dashly/encode-multipart.ts';
import { seededRandom } from '../../support/random-selection.ts';
import {
  type EncodedForm,
  isPythonMissing,
  npmParsers,
  type PythonParser,
  pythonParsers,
  type ReadForm,
  readWithPython,
} from './form-readers.ts';

const content = Buffer.from('\r\n--a\0\xff\r\n\r\n', 'latin1');

const nastyNames = [
  'a.txt',
  '.',
  '..',
  '...',
  '. .',
  ' ',
  '\t',
  '\r\n',
  '\u0000',
  '/',
  '\\',
  'x/',
  'x\\',
  'x/..',
  'x\\.',
  'a\\b.txt',
  '\\"',
  '"',
  '""',
  'a"',
  'a"; name="other',
  'a"; filename="b',
  'a; filename=b',
  "a; filename*=utf-8''b",
  "a'; filename*=UTF-8''",
  ';',
  '=',
  '%',
  '%22',
  '%5C',
  '%2F',
  '%00',
  'a%0D%0A',
  '&#47;',
  '&#46;',
  '&sol;',
  'a&bsol;',
  '&period;&period;',
  '=?utf-8?q?a=2F?=',
  'a\r\nContent-Type: text/html\r\n\r\nb',
  'a\r\n--b--\r\n',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u00ad',
  '\u200b',
  '.\u200b.',
  '\u2028',
  'a\u2028b.txt',
  '\u2029',
  '\u202e',
  '\ufeff',
  '\ue000',
  '\u{1fae9}',
  '\u{e0001}',
  '\u{10ffff}',
  'отчёт',
  'отчёт за год.txt',
  '請求書.pdf',
  '👩‍👩‍👧‍👦.png',
  '\u0301',
  'x'.repeat(255),
  '.'.repeat(255),
  '"'.repeat(255),
  '\\'.repeat(255),
  '🎉'.repeat(255),
  `${'🎉'.repeat(251)}.png`,
  `.${'🎉'.repeat(254)}`,
];

/** Names of up to 12 pieces, the same in each run. */
function randomNames(count: number): string[] {
  const pieces = [
    ...'aé🎉./\\"\'%;&=#:*?<>| \t\r\n\u0000\u00a0\u200b\u2028',
    '%22',
    '%2F',
    '&#47;',
    '&sol;',
    '..',
    '; name=',
  ];
  const random = seededRandom(1);
  const pick = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + pick(12) }, () => pieces[pick(pieces.length)]).join(''),
  );
}

/** The longest media type that is forwarded. */
const mediaType = `text/x; ${'y'.repeat(247)}`;

async function encode(fileName: string): Promise<EncodedForm> {
  const file = {
    fileName,
    content: {
      mediaType,
      size: content.length,
      async *open() {
        yield content;
      },
    },
  };
  const { contentType, body } = encodeMultipart([['body', 'Hi']], file, { flush: async () => {} });
  return { contentType, body: await buffer(body) };
}

function expectWhole(name: string, read: ReadForm | undefined): void {
  const fields = [
    ['body', 'Hi'],
    ['attachment_file_name', name],
  ];
  expect(read, JSON.stringify(name)).toEqual({ fields, files: [['attachment', content]] });
}

const names = [...nastyNames, ...randomNames(300)];

describe.each(npmParsers)('%s', (_name, read) => {
  test.each(nastyNames)('reads a file named %j', async (name) => {
    expectWhole(name, await read(await encode(name)));
  });

  test('reads files with random names', async () => {
    for (const name of randomNames(300)) expectWhole(name, await read(await encode(name)));
  });
});

const noPython = await isPythonMissing();

describe.skipIf(noPython)(
  'Python (needs the Debian packages python3-django, python3-tornado and python3-werkzeug)',
  () => {
    let forms: Record<PythonParser, readonly ReadForm[]>;
    beforeAll(async () => {
      forms = await readWithPython(await Promise.all(names.map(encode)));
    });

    test.each(pythonParsers)('%s reads every file', (parser) => {
      expect(forms[parser]).toHaveLength(names.length);
      for (const [index, name] of names.entries()) expectWhole(name, forms[parser][index]);
    });
  },
);
