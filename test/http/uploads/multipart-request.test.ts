/** A request is received file by file, and nothing of it remains, however it ends. */

import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { FileArrival, FileContent } from '../../../src/conversation/attachment.ts';
import { UploadedFile } from '../../../src/graphql/scalars/uploaded-file.ts';
import { BadRequest } from '../../../src/http/endpoint/errors.ts';
import { receiveMultipart } from '../../../src/http/uploads/multipart-request.ts';
import { watchSpool } from '../../support/gateway/watch-spool.ts';
import {
  boundary,
  field,
  file,
  form,
  map,
  part,
  replyOperations,
  upload,
} from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { patienceMs } from '../../support/until.ts';

const limits = { maxFiles: 3, maxFileBytes: 100_000, maxFieldBytes: 5_000, reserve: () => null };
const spool = watchSpool();
afterEach(() => spool.becomesEmpty());

/** A request whose body the test writes. */
function startRequest(contentType = `multipart/form-data; boundary=${boundary}`): {
  stream: PassThrough;
  request: IncomingMessage;
} {
  const stream = new PassThrough();
  Object.assign(stream, { headers: { 'content-type': contentType }, socket: { bytesRead: 0 } });
  return { stream, request: stream as unknown as IncomingMessage };
}

async function receive(body: Buffer, contentType?: string) {
  const { stream, request } = startRequest(contentType);
  const received = receiveMultipart(request, limits);
  stream.end(body);
  return received;
}

type Received = Awaited<ReturnType<typeof receive>>;

// biome-ignore lint/suspicious/noExplicitAny: variables of any shape
const fileOf = ({ params }: Received): any => (params.variables as any).input.attachment.file;

const arrivalOf = (received: Received): Promise<FileArrival> => fileOf(received).promise;

/** Each chunk is valid until the next one is read. */
async function bytesOf(content: FileContent): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content.open()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Resolves to 'nothing' if the promise never settles, long before the timeout of the runner. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  const timeout = new Promise((resolve) => setTimeout(resolve, patienceMs, 'nothing'));
  const outcome = promise.then(
    () => 'fine',
    (error: unknown) =>
      error instanceof BadRequest ? `${error.status} ${error.message}` : `unexpected ${error}`,
  );
  return Promise.race([outcome, timeout]);
}

const fileStart = `--${boundary}\r\nContent-Disposition: form-data; name="0"; filename="a.txt"\r\n\r\n`;

describe('a valid request', () => {
  test.each([0, 1, 65_536, 100_000])('has a file of %i bytes, which can be read repeatedly', async (size) => {
    const received = await receive(upload(noise(size), { type: 'a/b; c=d' }));
    expect(fileOf(received)).toBeInstanceOf(UploadedFile);
    const arrival = await arrivalOf(received);
    if (arrival.kind !== 'arrived') return expect.unreachable();
    expect({ name: arrival.name, type: arrival.content.mediaType, size: arrival.content.size }).toEqual({
      name: 'a.txt',
      type: 'a/b; c=d',
      size,
    });
    expect(spool.files()).toHaveLength(1);
    for (const _time of [1, 2]) {
      expect((await bytesOf(arrival.content)).equals(noise(size))).toBe(true);
    }
    await received.whole;
    await received.release();
  });

  test('sets one file at two paths', async () => {
    const received = await receive(
      form(
        field('operations', '{"query":"","variables":{"input":{"attachment":{"file":null}},"other":[null]}}'),
        map({ 0: ['variables.input.attachment.file', 'variables.other.0'] }),
        file(),
      ),
    );
    // biome-ignore lint/suspicious/noExplicitAny: variables of any shape
    expect((received.params.variables as any).other[0]).toBe(fileOf(received));
    expect(await arrivalOf(received)).toMatchObject({ kind: 'arrived' });
    expect(spool.files()).toHaveLength(1);
    await received.release();
  });

  test('reports a file that is too large', async () => {
    const received = await receive(upload(noise(100_001)));
    expect(await arrivalOf(received)).toEqual({ kind: 'tooBig', maxBytes: 100_000 });
    await received.release();
  });

  test('removes files that are never read', async () => {
    for (let count = 0; count < 10; count++) await (await receive(upload(noise(100_000)))).release();
  });

  test('removes files whose reader stops early', async () => {
    const received = await receive(upload(noise(100_000)));
    const arrival = await arrivalOf(received);
    if (arrival.kind !== 'arrived') return expect.unreachable();
    for await (const _chunk of arrival.content.open()) break;
    await received.release();
  });

  test('keeps a file while it is still read', async () => {
    const received = await receive(upload(noise(100_000)));
    const arrival = await arrivalOf(received);
    if (arrival.kind !== 'arrived') return expect.unreachable();
    const reader = arrival.content.open()[Symbol.asyncIterator]();
    const chunks = [Buffer.from((await reader.next()).value)];
    await received.release();
    for (let next = await reader.next(); !next.done; next = await reader.next()) {
      chunks.push(Buffer.from(next.value));
    }
    expect(Buffer.concat(chunks).equals(noise(100_000))).toBe(true);
  });

  test('can be released twice', async () => {
    const received = await receive(upload());
    await received.whole;
    await Promise.all([received.release(), received.release()]);
    await received.release();
  });
});

describe('the operation', () => {
  test.each<[name: string, come: string]>([
    ['the boundary after the map', `--${boundary}`],
    ['the line of that boundary', `--${boundary}\r\n`],
    ['half of the header of the file', fileStart.slice(0, -20)],
    ['the header of the file', fileStart],
    ['some of the file', `${fileStart}${'x'.repeat(30_000)}`],
  ])('is available as soon as the map, and can be released: after %s', async (_name, come) => {
    const { stream, request } = startRequest();
    const received = receiveMultipart(request, limits);
    stream.write(Buffer.concat([replyOperations(), map(), Buffer.from(come)]));
    expect(await outcomeOf(received)).toBe('fine');
    const { release, whole } = await received;
    expect(await outcomeOf(release())).toBe('fine');
    stream.destroy();
    expect(await outcomeOf(whole)).not.toBe('fine');
  });

  test.each<[name: string, come: string | Buffer]>([
    ['nothing', ''],
    ['half of operations', replyOperations().subarray(0, -20)],
    ['the operations', replyOperations()],
    ['the map', Buffer.concat([replyOperations(), map()])],
    ['the boundary after the map', Buffer.concat([replyOperations(), map(), Buffer.from(`--${boundary}`)])],
    [
      'the line of that boundary',
      Buffer.concat([replyOperations(), map(), Buffer.from(`--${boundary}\r\n`)]),
    ],
    [
      'half of the header of the file',
      Buffer.concat([replyOperations(), map(), Buffer.from(fileStart.slice(0, -20))]),
    ],
    ['the header of the file', Buffer.concat([replyOperations(), map(), Buffer.from(fileStart)])],
    ['some of the file', Buffer.concat([replyOperations(), map(), file(noise(90_000)).subarray(0, -20_000)])],
    ['the file', Buffer.concat([replyOperations(), map(), file(noise(90_000))])],
    ['all but the last byte', upload(noise(90_000)).subarray(0, -1)],
  ])('ends if the client disconnects after %s', async (_name, come) => {
    const { stream, request } = startRequest();
    const received = receiveMultipart(request, limits);
    const end = outcomeOf(
      received.then(async (it) => {
        const arrivals = Promise.allSettled([arrivalOf(it), it.whole]);
        for (const { status } of await arrivals) expect(status).toBe('rejected');
        await it.release();
      }),
    );
    stream.write(come);
    await new Promise((resolve) => setTimeout(resolve, 20));
    stream.destroy();
    expect(await end).toBeOneOf(['fine', '400 The request was aborted.']);
  });
});

describe('an invalid request', () => {
  test.each<[name: string, body: Buffer, says: RegExp]>([
    ['no part', form(), /^400 .*map/],
    ['no map', form(replyOperations()), /^400 .*map/],
    ['operations that are not JSON', form(field('operations', '{'), map(), file()), /^400 .*JSON/],
    ['a map that is not JSON', form(replyOperations(), map('{'), file()), /^400 .*map/],
    ['too many files', form(replyOperations(), map({ 0: [], 1: [], 2: [], 3: [] })), /^413 .*3 files/],
    [
      'operations that are too long',
      form(field('operations', '{}'.padEnd(5_001)), map()),
      /^413 .*5000 bytes/,
    ],
    ['a missing file', form(replyOperations(), map()), /^400 .*is missing/],
    ['a text field instead of a file', form(replyOperations(), map(), field('0', 'x')), /^400 .*is text/],
    ['an unknown part', form(replyOperations(), map(), file('x', { name: '1' })), /^400 .*not in the map/],
    ['a malformed header', form(replyOperations(), map(), part('nonsense')), /^400 .*malformed/],
    [
      'a header that is too long',
      form(replyOperations(), map(), part(`X: ${'x'.repeat(9_000)}`)),
      /^413 .*8192/,
    ],
    [
      'two files of the same name',
      form(replyOperations(), map(), file(noise(90_000)), file(noise(90_000))),
      /^400 .*two parts/,
    ],
    [
      'a part after the file',
      form(replyOperations(), map(), file(noise(90_000)), field('x', '')),
      /^400 .*not in the map/,
    ],
    ['no closing boundary', upload(noise(90_000)).subarray(0, -10), /^400 .*closing boundary/],
    ['no parts after the map', Buffer.concat([replyOperations(), map()]), /^400 .*closing boundary/],
  ])('rejects, immediately or with its files: %s', async (_name, body, says) => {
    const end = receive(body).then(async (received) => {
      expect(await outcomeOf(arrivalOf(received))).toMatch(says);
      const { whole, release } = received;
      await release();
      await whole;
    });
    expect(await outcomeOf(end)).toMatch(says);
  });

  test('with an invalid type is rejected without reading its body', async () => {
    expect(await outcomeOf(receive(upload(), 'multipart/form-data'))).toMatch(/^400 .*boundary/);
  });
});

test('a missing temporary folder fails only the files', async () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/nowhere/at/all';
  try {
    const received = await receive(upload(noise(90_000)));
    expect(await outcomeOf(arrivalOf(received))).toMatch(/^unexpected .*ENOENT/);
    expect(await outcomeOf(received.whole)).toBe('fine');
    await received.release();
  } finally {
    if (before !== undefined) process.env['TMPDIR'] = before;
  }
});

test('a client that stops sending gets an error and releases its share', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setImmediate', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { stream, request } = startRequest();
  const end = outcomeOf(receiveMultipart(request, limits));
  stream.write(`--${boundary}\r\n`);
  await vi.advanceTimersByTimeAsync(16_000);
  expect(await end).toBe('408 No byte of the request arrived for 15 seconds.');
});
