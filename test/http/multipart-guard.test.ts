/** Whatever a client writes, the library behind the guard reads a plain request, each file once. */

import { text as readText } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { BadRequest } from '../../src/http/bad-request.ts';
import { MultipartGuard, type MultipartLimits } from '../../src/http/multipart-guard.ts';
import { boundary, field, file, form, map, operations, replyOperations, upload } from './multipart-body.ts';

const limits: MultipartLimits = { maxFiles: 3, maxFileBytes: 100, maxFieldBytes: 5_000 };
const contentType = `multipart/form-data; boundary=${boundary}`;

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error: unknown) => (error instanceof BadRequest ? `${error.status} ${error.message}` : error),
  );

/** Writes all of it and reads what comes out. */
async function pass(...chunks: Buffer[]) {
  const guard = new MultipartGuard(contentType, limits);
  const written = readText(guard);
  for (const chunk of chunks) guard.write(chunk);
  guard.end();
  const output = await written;
  return { guard, output, params: await outcomeOf(guard.params), whole: await outcomeOf(guard.whole) };
}

/** What the library finds, read by a parser of another make. */
async function found(guard: MultipartGuard, output: string): Promise<Record<string, string>> {
  const entries = await new Response(output, { headers: guard.headers }).formData();
  const values = [...entries].map(async ([name, value]) => [
    name,
    typeof value === 'string' ? value : await value.text(),
  ]);
  return Object.fromEntries(await Promise.all(values));
}

const variables = { a: null, b: null, big: { n: null } };
const two = [
  operations(variables, '{ a }'),
  map({ x: ['variables.a'], 'y"\r': ['variables.b', 'variables.big.n'] }),
];

describe('what comes out', () => {
  test('is a request for the files alone, under names of its own', async () => {
    const { guard, output, params, whole } = await pass(
      form(...two, file('X', { name: 'x' }), file('Y', { name: 'y\\"' })),
    );
    // The escaped name is another one, so this request is refused, and nothing of the second file comes out.
    expect({ params, whole }).toEqual({
      params: 'fine',
      whole: expect.stringMatching(/^400 .*not in the map/),
    });
    expect(output).not.toContain('Y');
    expect(guard.files.map(({ key }) => key)).toEqual(['0', '1']);
  });

  test('has nothing of what the client wrote but the bytes of files', async () => {
    const names = operations({ a: null, b: null, secret: 'SECRET' }, '{ SECRET }');
    const { guard, output, whole } = await pass(
      form(
        names,
        map({ SECRET: ['variables.b'], x: ['variables.a'] }),
        file('one\r\n--', { name: 'x', disposition: '; filename="SECRET"', type: 'SECRET/x' }),
        file('', { name: 'SECRET' }),
      ),
    );
    expect(whole).toBe('fine');
    expect(output).not.toContain('SECRET');
    expect(output).not.toContain(boundary);
    expect(await found(guard, output)).toEqual({
      operations: '{"variables":{"0":null,"1":null}}',
      map: '{"0":["variables.0"],"1":["variables.1"]}',
      '0': '',
      '1': 'one\r\n--',
    });
    expect(guard.files.map(({ header, bytes }) => [header?.fileName, header?.mediaType, bytes])).toEqual([
      ['a.txt', 'text/plain', 0],
      ['SECRET', 'SECRET/x', 7],
    ]);
  });

  test.each<[size: number, keeps: boolean]>([
    [0, true],
    [99, true],
    [100, true],
    [101, false],
    [4_000, false],
  ])('has no byte beyond the limit: a file of %i', async (size, keeps) => {
    const { guard, output, whole } = await pass(upload('z'.repeat(size)));
    expect(whole).toBe('fine');
    expect(await guard.files[0]?.keepsLimit).toBe(keeps);
    expect(guard.files[0]?.bytes).toBe(size);
    expect((await found(guard, output))['0']?.length).toBeLessThanOrEqual(100);
    if (keeps) expect((await found(guard, output))['0']).toHaveLength(size);
  });

  test('is known to be beyond the limit before the file ends, and is not known to keep it', async () => {
    const guard = new MultipartGuard(contentType, limits);
    guard.resume();
    let known: boolean | null = null;
    const body = upload('z'.repeat(400));
    guard.write(body.subarray(0, body.indexOf('zzz') + 100));
    await guard.params;
    guard.files[0]?.keepsLimit.then((keeps) => {
      known = keeps;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(known).toBeNull();
    guard.write(body.subarray(body.indexOf('zzz') + 100, body.indexOf('zzz') + 200));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(known).toBe(false);
    guard.destroy();
  });
});

describe('the parameters', () => {
  test('are there as soon as the map is, with null where files belong', async () => {
    const guard = new MultipartGuard(contentType, limits);
    guard.resume();
    guard.write(Buffer.concat([replyOperations({ body: 'Hi' }), map(), Buffer.from(`--${boundary}`)]));
    expect(await guard.params).toMatchObject({
      variables: { input: { conversationId: '1', body: 'Hi', attachment: { file: null } } },
    });
    expect(guard.files).toHaveLength(1);
    expect(guard.files[0]?.places).toEqual([{ container: { file: null }, key: 'file' }]);
    guard.destroy();
  });

  test.each<[name: string, content: string]>([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"a"'],
    ['a number', '5'],
  ])('are refused as the fault of the caller: %s', async (_name, content) => {
    const { params, whole } = await pass(form(field('operations', content), map(), file()));
    expect(params).toEqual(expect.stringMatching(/^400 .*operations/));
    expect(whole).toBe(params);
  });

  test.each<[bytes: number, refusal: string | null]>([
    [5_000, null],
    [5_001, '413'],
    [20_000, '413'],
  ])('and the map have a limit of their own: %i bytes', async (bytes, refusal) => {
    const text = '{"query":"","variables":{"a":null}}'.padEnd(bytes);
    const first = await pass(form(field('operations', text), map({}))).then(({ whole }) => whole);
    const second = await pass(form(operations({}), map('{}'.padEnd(bytes)))).then(({ whole }) => whole);
    const expected =
      refusal === null ? 'fine' : expect.stringMatching(new RegExp(`^${refusal} .*5000 bytes`));
    expect([first, second]).toEqual([expected, expected]);
  });
});

describe('the whole', () => {
  test('is not there before the end, though the closing boundary is', async () => {
    const guard = new MultipartGuard(contentType, limits);
    guard.resume();
    let isWhole = false;
    guard.whole.then(() => {
      isWhole = true;
    });
    guard.write(upload());
    await guard.params;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isWhole).toBe(false);
    guard.end();
    await guard.whole;
  });

  test('is broken for good, whatever else comes', async () => {
    const guard = new MultipartGuard(contentType, limits);
    const output = readText(guard);
    guard.write(Buffer.concat([replyOperations(), map(), file()]));
    guard.breakOff('The request was broken off.');
    guard.write(form());
    guard.end();
    expect(await outcomeOf(guard.whole)).toMatch(/^400 .*broken off/);
    expect(await outcomeOf(guard.params)).toBe('fine');
    await output;
  });

  test('has an end, also after the closing boundary', async () => {
    const room = 2 * limits.maxFieldBytes + limits.maxFiles * limits.maxFileBytes + 1024 * 1024;
    const fits = Buffer.concat([upload(), Buffer.alloc(room - upload().length)]);
    expect((await pass(fits)).whole).toBe('fine');
    expect((await pass(fits, Buffer.alloc(1))).whole).toMatch(/^413 .*too large/);
  });

  test.each<[name: string, body: Buffer, says: RegExp]>([
    ['a file is missing', form(replyOperations(), map()), /file "0" .*did not come/],
    ['a file comes twice', form(replyOperations(), map(), file('X'), file('SECOND')), /two parts/],
    [
      'a file comes that is not in the map',
      form(replyOperations(), map(), file('SECOND', { name: '1' })),
      /not in the map/,
    ],
    ['a text comes for a file', form(replyOperations(), map(), field('0', 'SECOND')), /is a text/],
    ['the map is missing', form(replyOperations()), /no field "map"/],
    ['it is cut off', upload('SECOND').subarray(0, -5), /closing boundary/],
  ])('is broken where %s, and the stream ends without an error', async (_name, body, says) => {
    for (const chunks of [[body], Array.from(body, (byte) => Buffer.of(byte))]) {
      const { output, whole } = await pass(...chunks);
      expect(whole).toMatch(says);
      if (!says.source.includes('closing')) expect(output).not.toContain('SECOND');
    }
  });
});

test('a request without a boundary is refused at once', () => {
  expect(() => new MultipartGuard('multipart/form-data', limits)).toThrow(BadRequest);
});
