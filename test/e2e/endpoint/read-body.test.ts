/** A body is read up to its limit, and no body leaves a connection stuck. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { askJson } from '../../support/gateway/ask.ts';
import { converse, postBytes, postChunked } from '../../support/gateway/converse.ts';
import { startEndpoint } from '../../support/gateway/start-endpoint.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { patienceMs, until } from '../../support/until.ts';

const limit = 1024 * 1024;
const question = '{"query":"{ __typename }"}';
const answer = '{"data":{"__typename":"Query"}}';

/** A valid request of exactly this length. */
function ofSize(bytes: number, filler = ' '): string {
  const request = (text: string) => `{"query":"{ __typename }","extensions":{"filler":"${text}"}}`;
  const room = bytes - request('').length;
  const text = request(filler.repeat(Math.floor(room / Buffer.byteLength(filler))));
  return text + ' '.repeat(bytes - Buffer.byteLength(text));
}

describe('the limit', () => {
  test.each<[name: string, bytes: Buffer, status: number]>([
    ['a body of exactly the limit', postBytes(ofSize(limit)), 200],
    ['one byte more', postBytes(ofSize(limit + 1)), 413],
    ['three times as much', postBytes(ofSize(3 * limit)), 413],
    ['exactly the limit in chunks', postChunked(ofSize(limit)), 200],
    ['exactly the limit in one chunk', postChunked(ofSize(limit), limit), 200],
    ['one byte more in chunks', postChunked(ofSize(limit + 1)), 413],
    ['three times as much in chunks', postChunked(ofSize(3 * limit)), 413],
    ['three times as much in one chunk', postChunked(ofSize(3 * limit), 3 * limit), 413],
    ['exactly the limit, in characters of several bytes', postBytes(ofSize(limit, 'é')), 200],
    ['one byte more, in characters of several bytes', postBytes(ofSize(limit + 1, '🎉')), 413],
    [
      'a Content-Length beyond the limit, and nothing after it',
      postBytes('', { 'content-length': String(limit + 1) }),
      413,
    ],
  ])('holds for %s', async (_name, bytes, status) => {
    const { origin } = await startGateway();
    const isIncomplete = bytes.includes('content-length: 1048577') && bytes.length < limit;
    const { statuses, text } = isIncomplete ? await readFirst(origin, bytes) : await converse(origin, bytes);
    expect(statuses[0]).toBe(status);
    expect(text).toContain(status === 200 ? answer : 'larger than 1048576 bytes');
    // Either the next request was served, or the connection was closed; it was not stuck.
    expect(statuses.slice(1)).toEqual(statuses.length > 1 ? [200] : []);
  });

  test('accepts many bodies of the limit, one after the other on one connection', async () => {
    const { origin } = await startGateway();
    const bodies = Array.from({ length: 5 }, () => postBytes(ofSize(limit)));
    expect((await converse(origin, ...bodies)).statuses).toEqual([200, 200, 200, 200, 200, 200]);
  });
});

/** For an incomplete request: reads the first response only. */
async function readFirst(origin: string, bytes: Buffer): Promise<{ statuses: number[]; text: string }> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  const [chunk] = await once(socket, 'data', { signal: AbortSignal.timeout(patienceMs) });
  socket.destroy();
  return { statuses: [Number(/ (\d{3}) /.exec(String(chunk))?.[1])], text: String(chunk) };
}

describe('a body that is not a request', () => {
  const inOtherCharset = { 'content-type': 'application/json;charset=utf-16' };
  const json = /not valid JSON/;
  const object = /must be a JSON object/;
  const type = /Content-Type: application\/json/;
  test.each<[name: string, bytes: Buffer, status: number, message: RegExp]>([
    ['nothing', postBytes(''), 400, json],
    ['an empty body, in chunks', postChunked(''), 400, json],
    ['white space', postBytes(' \n'), 400, json],
    ['half of an object', postBytes('{"query":'), 400, json],
    ['two objects', postBytes(question + question), 400, json],
    ['two byte order marks', postBytes(`\ufeff\ufeff${question}`), 400, json],
    ['only a byte order mark', postBytes('\ufeff'), 400, json],
    ['UTF-16', postBytes(Buffer.from(question, 'utf16le')), 400, json],
    ['zero bytes', postBytes(Buffer.alloc(20)), 400, json],
    ['NaN', postBytes('{"query":"{ __typename }","variables":{"a":NaN}}'), 400, json],
    [
      'compressed bytes',
      postBytes(Buffer.from('1f8b08000000000000', 'hex'), { 'content-encoding': 'gzip' }),
      415,
      /compressed/,
    ],
    ['a string', postBytes('"{ __typename }"'), 400, object],
    ['a number', postBytes('5'), 400, object],
    ['true', postBytes('true'), 400, object],
    ['null', postBytes('null'), 400, object],
    ['an empty list', postBytes('[]'), 400, /Batching is not supported/],
    ['a batch', postBytes(`[${question},${question}]`), 400, /Batching is not supported/],
    ['an empty object', postBytes('{}'), 400, /query/],
    ['a query of null', postBytes('{"query":null}'), 400, /query/],
    ['a query of another type', postBytes('{"query":5}'), 400, /query/],
    ['no type', postBytes(question, { 'content-type': '' }), 415, type],
    ['plain text', postBytes(question, { 'content-type': 'text/plain' }), 415, type],
    [
      'a form',
      postBytes('query=%7B__typename%7D', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      type,
    ],
    ['a bare query', postBytes('{ __typename }', { 'content-type': 'application/graphql' }), 415, type],
    ['JSON in another charset', postBytes(question, inOtherCharset), 415, type],
    [
      'JSON in another charset next to UTF-8',
      postBytes(question, { 'content-type': 'application/json; profile=x; charset=utf-8; charset=latin1' }),
      415,
      type,
    ],
    [
      'JSON in an empty charset',
      postBytes(question, { 'content-type': 'application/json; charset=' }),
      415,
      type,
    ],
    ['JSON with a longer type name', postBytes(question, { 'content-type': 'application/jsonx' }), 415, type],
    [
      'JSON in a list of types',
      postBytes(question, { 'content-type': 'application/json, text/plain' }),
      415,
      type,
    ],
  ])(
    'is rejected, and the next request on its connection is served: %s',
    async (_name, bytes, status, message) => {
      const { origin, errors } = await startGateway();
      const { statuses, text } = await converse(origin, bytes, bytes);
      expect(statuses).toEqual([status, status, 200]);
      expect(text).toMatch(message);
      expect(text).toContain('alive');
      expect(errors).toEqual([]);
    },
  );

  test('is rejected without a type header', async () => {
    const { origin } = await startGateway();
    const { statuses } = await converse(
      origin,
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}`,
    );
    expect(statuses).toEqual([415, 200]);
  });

  test.each([
    'application/json',
    'application/json;charset=utf-8',
    'APPLICATION/JSON; CHARSET=UTF-8',
    'application/json; charset="utf-8"',
    'application/json ; charset=utf8',
    'application/graphql+json',
    'application/json; profile=x',
    'application/json;profile="a;charset=utf-16"; charset="UTF-8"',
    'application/json;',
    'application/json; odata.metadata=minimal; charset=utf-8',
  ])('does not include the type %s, which is accepted', async (contentType) => {
    const { origin } = await startGateway();
    const { statuses, text } = await converse(origin, postBytes(question, { 'content-type': contentType }));
    expect(statuses).toEqual([200, 200]);
    expect(text).toContain(answer);
  });

  test('does not include JSON with a byte order mark, which is accepted', async () => {
    const { origin } = await startGateway();
    const { statuses, text } = await converse(origin, postBytes(`\ufeff${question}`));
    expect(statuses).toEqual([200, 200]);
    expect(text).toContain(answer);
  });

  test.each(['identity', 'Identity', ' IDENTITY'])(
    'does not include JSON with the coding %j, which is accepted',
    async (coding) => {
      const { origin } = await startGateway();
      const { statuses } = await converse(origin, postBytes(question, { 'content-encoding': coding }));
      expect(statuses).toEqual([200, 200]);
    },
  );

  test('but compressed gets the supported coding in a header', async () => {
    const { origin } = await startGateway();
    const { text } = await converse(origin, postBytes(question, { 'content-encoding': 'gzip' }));
    expect(text).toMatch(/^accept-encoding: identity\r$/im);
  });

  test('but has invalid UTF-8 causes no unexpected error', async () => {
    const { origin, errors } = await startGateway();
    const [start, end] = question.split('{ __typename }');
    const bytes = Buffer.concat([
      Buffer.from(`${start}{ __typename } #`),
      Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0]),
      Buffer.from(end ?? ''),
    ]);
    const { statuses } = await converse(origin, postBytes(bytes), postBytes(bytes));
    expect(statuses[0]).toBeOneOf([200, 400]);
    expect(statuses).toEqual([statuses[0], statuses[0], 200]);
    expect(errors).toEqual([]);
  });
});

describe('very deep nesting', () => {
  const levels = 40_000;
  const params = (query: string, variables = '{}') =>
    `{"query":${JSON.stringify(query)},"variables":${variables}}`;
  const open = '{"a":'.repeat(levels);
  const close = '}'.repeat(levels);
  const reply =
    'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';
  const withInput = (field: string) => params(reply, `{"input":{"conversationId":"1",${field}}}`);

  test.each<[name: string, body: string]>([
    ['a list as the body', '['.repeat(levels) + ']'.repeat(levels)],
    ['an object as the body', `${open}1${close}`],
    ['selections', params('{ a '.repeat(levels) + '}'.repeat(levels))],
    ['unclosed selections', params('{ a '.repeat(levels))],
    ['a list as an argument', params(`{ a(b: ${'['.repeat(levels)}${']'.repeat(levels)}) }`)],
    ['a list as a type', params(`query ($a: ${'['.repeat(levels)}Int${']'.repeat(levels)}) { a }`)],
    ['inline fragments', params(`{ ${'... { '.repeat(levels)} __typename ${'}'.repeat(levels + 1)}`)],
    ['JSON in a variable', withInput(`"bodyJson":${open}1${close}`)],
    ['JSON with long numbers in a variable', withInput(`"bodyJson":${open}12345678901234567890${close}`)],
    ['lists instead of an object', withInput(`"actions":${'['.repeat(levels)}${']'.repeat(levels)}`)],
    ['objects instead of an id', params(reply, `{"input":{"conversationId":${open}1${close}}}`)],
    ['an undeclared variable', params('{ nope }', `{"a":${open}1${close}}`)],
  ])('is an error of the client, not of the gateway: %s', async (_name, body) => {
    const { url, errors, sandbox } = await startGateway();
    const { status, text } = await askJson(url, body);
    expect(status).toBeLessThan(500);
    expect(JSON.parse(text).errors).toHaveLength(1);
    expect(text.length).toBeLessThan(2_000);
    expect(errors).toEqual([]);
    expect(sandbox?.received).toEqual([]);
  });
});

describe('a client that disconnects', () => {
  test.each<[name: string, bytes: Buffer]>([
    ['in the middle of the body', postBytes(question, { 'content-length': '500' })],
    ['in the middle of a chunk', postChunked(ofSize(100_000)).subarray(0, 50_000)],
    ['before the body', postBytes('', { 'content-length': '10' })],
    [
      'in the middle of a body with an invalid type',
      postBytes('x', { 'content-type': 'text/plain', 'content-length': '9' }),
    ],
    ['in the middle of a body that is too large', postBytes('x', { 'content-length': String(limit * 2) })],
  ])('%s leaves nothing behind', async (_name, bytes) => {
    const endpoint = await startEndpoint(() => expect.unreachable());
    const { hostname, port } = new URL(endpoint.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(bytes);
    await until(async () => expect(await endpoint.connections()).toBe(1));
    // The bytes are read before the connection ends.
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await until(async () => expect(await endpoint.connections()).toBe(0));
    expect(endpoint.yogaCalls()).toBe(0);
    expect(endpoint.logged).toEqual([]);
  });

  test('before the response does not affect other clients', async () => {
    const { url, errors } = await startGateway();
    const { hostname, port } = new URL(url);
    for (const _time of [1, 2, 3]) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(postBytes(question));
      socket.destroy();
    }
    expect((await askJson(url, question)).text).toBe(answer);
    expect(errors).toEqual([]);
  });
});
