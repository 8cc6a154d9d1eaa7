/** Each file of the map is received once, and none beyond the limit, whatever a client sends. */

import { describe, expect, test } from 'vitest';
import { BadRequest } from '../../../src/http/endpoint/errors.ts';
import type { FileStore } from '../../../src/http/uploads/file-store.ts';
import { type MultipartLimits, MultipartReader } from '../../../src/http/uploads/multipart-reader.ts';
import {
  boundary,
  field,
  file,
  form,
  map,
  operations,
  replyOperations,
  upload,
} from '../../support/multipart-body.ts';

const limits: MultipartLimits = { maxFiles: 3, maxFileBytes: 100, maxFieldBytes: 5_000, reserve: () => null };
const contentType = `multipart/form-data; boundary=${boundary}`;

/** A reader, and the bytes that it wrote to the store of each file, in the order of arrival. */
function createReader(isReady = () => true): { reader: MultipartReader; stored: string[] } {
  const stored: string[] = [];
  const openStore = (): FileStore => {
    const index = stored.push('') - 1;
    return {
      write(bytes) {
        stored[index] += bytes.toString('latin1');
        return isReady();
      },
      finish: () => expect.unreachable(),
      remove: () => expect.unreachable(),
    };
  };
  return { reader: new MultipartReader(contentType, limits, openStore), stored };
}

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error: unknown) => (error instanceof BadRequest ? `${error.status} ${error.message}` : error),
  );

/** Writes all chunks, and overwrites the memory of each one afterwards. */
async function pass(...chunks: Buffer[]) {
  const { reader, stored } = createReader();
  for (const chunk of chunks) {
    const memory = Buffer.from(chunk);
    reader.write(memory);
    memory.fill('!');
  }
  reader.end();
  return { reader, stored, params: await outcomeOf(reader.params), whole: await outcomeOf(reader.whole) };
}

const variables = { a: null, b: null, big: { n: null } };
const two = [
  operations(variables, '{ a }'),
  map({ x: ['variables.a'], 'y"\r': ['variables.b', 'variables.big.n'] }),
];

describe('a file', () => {
  test('is set at the paths of the map only', async () => {
    const { reader, stored, params, whole } = await pass(
      form(...two, file('X', { name: 'x' }), file('Y', { name: 'y\\"' })),
    );
    // The escaped name is a different one, so this request is rejected, and no byte of the second file is stored.
    expect({ params, whole, stored }).toEqual({
      params: 'fine',
      whole: expect.stringMatching(/^400 .*not in the map/),
      stored: ['X'],
    });
    expect(reader.files.map(({ header, bytes }) => [header?.name, bytes])).toEqual([
      ['x', 1],
      [undefined, 0],
    ]);
  });

  test('has its name and type, in the order of the map', async () => {
    const body = form(
      operations({ a: null, b: null }),
      map({ second: ['variables.b'], first: ['variables.a'] }),
      file('one\r\n--', { name: 'first', disposition: '; filename="1"', type: 'a/x' }),
      file('', { name: 'second' }),
    );
    for (const chunks of [[body], Array.from(body, (byte) => Buffer.of(byte))]) {
      const { reader, stored, whole } = await pass(...chunks);
      expect(whole).toBe('fine');
      expect(stored).toEqual(['one\r\n--', '']);
      expect(reader.files.map(({ header, bytes }) => [header?.fileName, header?.mediaType, bytes])).toEqual([
        ['a.txt', 'text/plain', 0],
        ['1', 'a/x', 7],
      ]);
    }
  });

  test.each<[size: number, keeps: boolean]>([
    [0, true],
    [99, true],
    [100, true],
    [101, false],
    [4_000, false],
  ])('stores no byte above the limit: %i bytes', async (size, keeps) => {
    const { reader, stored, whole } = await pass(upload('z'.repeat(size)));
    expect(whole).toBe('fine');
    expect(await reader.files[0]?.keepsLimit).toBe(keeps);
    expect(reader.files[0]?.bytes).toBe(size);
    expect(stored[0]?.length).toBeLessThanOrEqual(100);
    if (keeps) expect(stored).toEqual(['z'.repeat(size)]);
  });

  test('is reported as too large before its end', async () => {
    const { reader } = createReader();
    let known: boolean | null = null;
    const body = upload('z'.repeat(400));
    reader.write(body.subarray(0, body.indexOf('zzz') + 100));
    await reader.params;
    reader.files[0]?.keepsLimit.then((keeps) => {
      known = keeps;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(known).toBeNull();
    reader.write(body.subarray(body.indexOf('zzz') + 100, body.indexOf('zzz') + 200));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(known).toBe(false);
  });

  test('waits if its store is not ready for more', () => {
    let isReady = true;
    const { reader } = createReader(() => isReady);
    const body = upload('z'.repeat(90));
    const middle = body.indexOf('zzz') + 50;
    expect(reader.write(body.subarray(0, middle))).toBe(true);
    isReady = false;
    expect(reader.write(body.subarray(middle, middle + 1))).toBe(false);
    isReady = true;
    expect(reader.write(body.subarray(middle + 1))).toBe(true);
  });
});

describe('the parameters', () => {
  test('are available as soon as the map, with null in place of files', async () => {
    const { reader } = createReader();
    reader.write(Buffer.concat([replyOperations({ body: 'Hi' }), map(), Buffer.from(`--${boundary}`)]));
    expect(await reader.params).toMatchObject({
      variables: { input: { conversationId: '1', body: 'Hi', attachment: { file: null } } },
    });
    expect(reader.files).toHaveLength(1);
    expect(reader.files[0]?.paths).toEqual([{ container: { file: null }, key: 'file' }]);
  });

  test('can have a byte order mark, and so can the map', async () => {
    const { reader, params, whole } = await pass(
      form(
        field('operations', '\ufeff{"query":"{ a }","variables":{"a":null}}'),
        map('\ufeff{"0":["variables.a"]}'),
        file('\ufeffX'),
      ),
    );
    expect([params, whole]).toEqual(['fine', 'fine']);
    expect(await reader.params).toEqual({ query: '{ a }', variables: { a: null } });
  });

  test.each<[name: string, content: string]>([
    ['not JSON', '{'],
    ['two byte order marks', '\ufeff\ufeff{}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"a"'],
    ['a number', '5'],
  ])('are rejected with 400: %s', async (_name, content) => {
    const { params, whole } = await pass(form(field('operations', content), map(), file()));
    expect(params).toEqual(expect.stringMatching(/^400 .*operations/));
    expect(whole).toBe(params);
  });

  test.each<[bytes: number, refusal: string | null]>([
    [5_000, null],
    [5_001, '413'],
    [20_000, '413'],
  ])('and the map have their own limit: %i bytes', async (bytes, refusal) => {
    const text = '{"query":"","variables":{"a":null}}'.padEnd(bytes);
    const first = await pass(form(field('operations', text), map({}))).then(({ whole }) => whole);
    const second = await pass(form(operations({}), map('{}'.padEnd(bytes)))).then(({ whole }) => whole);
    const expected =
      refusal === null ? 'fine' : expect.stringMatching(new RegExp(`^${refusal} .*5000 bytes`));
    expect([first, second]).toEqual([expected, expected]);
  });
});

describe('the complete request', () => {
  test('is not complete before the end of the stream, even after the closing boundary', async () => {
    const { reader } = createReader();
    let isWhole = false;
    reader.whole.then(() => {
      isWhole = true;
    });
    reader.write(upload());
    await reader.params;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isWhole).toBe(false);
    reader.end();
    await reader.whole;
  });

  test('stays invalid after further bytes', async () => {
    const { reader } = createReader();
    reader.write(Buffer.concat([replyOperations(), map(), file()]));
    reader.breakOff('The request was aborted.');
    reader.write(form());
    reader.end();
    expect(await outcomeOf(reader.whole)).toMatch(/^400 .*aborted/);
    expect(await outcomeOf(reader.params)).toBe('fine');
  });

  test('has a size limit, also after the closing boundary', async () => {
    const room = 2 * limits.maxFieldBytes + limits.maxFiles * limits.maxFileBytes + 1024 * 1024;
    const fits = Buffer.concat([upload(), Buffer.alloc(room - upload().length)]);
    expect((await pass(fits)).whole).toBe('fine');
    expect((await pass(fits, Buffer.alloc(1))).whole).toMatch(/^413 .*too large/);
  });

  test.each<[name: string, body: Buffer, says: RegExp]>([
    ['a file is missing', form(replyOperations(), map()), /file "0" .*is missing/],
    ['a file is sent twice', form(replyOperations(), map(), file('X'), file('SECOND')), /two parts/],
    [
      'a file is not in the map',
      form(replyOperations(), map(), file('SECOND', { name: '1' })),
      /not in the map/,
    ],
    ['a text field replaces a file', form(replyOperations(), map(), field('0', 'SECOND')), /is text/],
    ['the map is missing', form(replyOperations()), /no field "map"/],
    ['it is truncated', upload('SECOND').subarray(0, -5), /closing boundary/],
  ])('is invalid if %s', async (_name, body, says) => {
    for (const chunks of [[body], Array.from(body, (byte) => Buffer.of(byte))]) {
      const { stored, whole } = await pass(...chunks);
      expect(whole).toMatch(says);
      if (!says.source.includes('closing')) expect(stored.join()).not.toContain('SECOND');
    }
  });
});

test('rejects a request without a boundary immediately', () => {
  expect(() => new MultipartReader('multipart/form-data', limits, () => expect.unreachable())).toThrow(
    BadRequest,
  );
});
