/** A malformed multipart request gets an error that names the problem, and sends nothing. */

import { describe, expect, test } from 'vitest';
import { RawClient, sendForm, sleep } from '../../support/gateway/raw-client.ts';
import {
  expectBytes,
  MiB,
  onlyReceived,
  result,
  sendForNothing,
  sent,
  twoMap,
  twoOperations,
  watchUploads,
} from '../../support/gateway/start-upload-gateway.ts';
import {
  boundary,
  chunk,
  closing,
  field,
  file,
  filePath,
  form,
  head,
  map,
  mutation,
  operations,
  part,
  replyOperations,
  upload,
} from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { until } from '../../support/until.ts';

const { spool, startUploadGateway } = watchUploads();

describe('a malformed request', () => {
  const ops = replyOperations();
  const mapped = map();
  const text = upload().toString();
  const withText = (change: (whole: string) => string) => Buffer.from(change(text));
  const withMap = (entries: unknown) => form(ops, map(entries), file());
  const withOperations = (content: string | Buffer) => form(field('operations', content), mapped, file());
  const withPath = (path: unknown) => withMap({ 0: [path] });

  const noNull = /does not point to a null/;
  const isJson = /operations.* JSON|JSON.*operations/;
  test.each<[name: string, body: Buffer, status: number, says: RegExp]>([
    // The required fields
    ['nothing', Buffer.alloc(0), 400, /ends before its closing boundary/],
    ['no map before the file', form(ops, file()), 400, /"map" is missing or out of order/],
    ['operations: half of an object', withOperations('{"query":'), 400, isJson],
    ['operations: not UTF-8', withOperations(Buffer.from([0xff, 0xfe, 0x7b])), 400, /UTF-8/],
    [
      'operations: a batch',
      withOperations(JSON.stringify([{ query: mutation, variables: { file: null } }])),
      400,
      /[Bb]atching/,
    ],
    ['map: not JSON', withMap('{'), 400, /"map" must be a JSON object/],
    ['an entry: 11 paths', withMap({ 0: Array(11).fill(filePath) }), 400, /1 to 10 paths/],
    ['a path: to a string', withPath('variables.input.conversationId'), 400, noNull],
    ['a path: through __proto__', withPath('variables.__proto__.polluted'), 400, noNull],
    ['a path: twice for a file', withMap({ 0: [filePath, filePath] }), 400, /twice/],
    // Parts and the map
    ['a file of the map is missing', form(ops, mapped), 400, /file "0" .*is missing/],
    ['a text field instead of a file of the map', form(ops, mapped, field('0', 'bytes')), 400, /"0" is text/],
    [
      'a part after the file that is not in the map',
      form(ops, mapped, file(), file('x', { name: '1' })),
      400,
      /"1" is not in the map/,
    ],
    [
      'a part named __proto__',
      form(ops, mapped, file('x', { name: '__proto__' })),
      400,
      /"__proto__" is not in the map/,
    ],
    [
      'two large parts of the same name',
      form(ops, mapped, file(noise(2 * MiB)), file(noise(2 * MiB))),
      400,
      /two parts with the name "0"/,
    ],
    [
      'no closing boundary, in a large file',
      Buffer.concat([ops, mapped, file(noise(2 * MiB)).subarray(0, -2)]),
      400,
      /ends before its closing boundary/,
    ],
    [
      'garbage after the boundary of the file',
      Buffer.concat([ops, mapped, Buffer.from(`--${boundary}x\r\n\r\n`), closing]),
      400,
      /followed by neither/,
    ],
    [
      'a duplicate header',
      withText((it) => it.replace('Content-Type:', 'Content-Type: a/b\r\ncontent-type:')),
      400,
      /header of a part is malformed/,
    ],
    [
      'a file in Base64',
      withText((it) => it.replace('Content-Type:', 'Content-Transfer-Encoding: base64\r\nContent-Type:')),
      400,
      /Content-Transfer-Encoding .* is "base64"/,
    ],
    ['a file without a name', withText((it) => it.replace('; name="0"', '')), 400, /no name/],
  ])('gets an error, and sends nothing: %s', async (_name, body, status, says) => {
    const gateway = await startUploadGateway();
    const answer = await sendForNothing(gateway, body);
    expect({
      status: answer.status,
      message: answer.body?.errors?.[0]?.message,
      data: answer.body?.data ?? null,
    }).toEqual({
      status,
      message: expect.stringMatching(says),
      data: null,
    });
    expect(answer.text.length).toBeLessThan(2_000);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('may have an empty operationName in its operations', async () => {
    const gateway = await startUploadGateway();
    const content = JSON.stringify({ query: 'query One { __typename }', operationName: '' });
    const answer = await sendForm(gateway.origin, form(field('operations', content), map({})));
    expect(answer.body).toEqual({ data: { __typename: 'Query' } });
  });

  test('gets a short error for a file with a very long name', async () => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, form(ops, map({ ['n'.repeat(500_000)]: [filePath] })));
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(2_000);
  });

  test.each<[name: string, content: object]>([
    ['no query', {}],
    ['null as the query', { query: null }],
    ['a query that is not GraphQL', { query: 'mutation {' }],
    ['a list as the query', { query: [mutation] }],
    ['a number as the variables', { query: '{ __typename }', variables: 5 }],
    ['an unknown operationName', { query: mutation, operationName: 'Nope' }],
    [
      'prototype names',
      JSON.parse(
        '{"query":"{ nope }","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      ),
    ],
  ])('has the same response as JSON with the same error: %s', async (_name, content) => {
    const gateway = await startUploadGateway();
    const multipart = await sendForm(
      gateway.origin,
      form(field('operations', JSON.stringify(content)), map({})),
    );
    const json = await fetch(gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: 'Token sandbox',
      },
      body: JSON.stringify(content),
    });
    expect(multipart.body.errors).toHaveLength(1);
    expect(multipart.body).toEqual(await json.json());
    expect(multipart.status).toBe(json.status);
    expect(multipart.status).toBeLessThan(500);
    expect(gateway.sandbox?.received).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  const type = (value: string | null) => ({ 'content-type': value });
  test.each<[name: string, headers: Record<string, string | null>, status: number, says: RegExp]>([
    ['no boundary', type('multipart/form-data'), 400, /no valid boundary/],
    ['another multipart type', type(`multipart/mixed; boundary=${boundary}`), 415, /multipart\/form-data/],
    ['no type', type(null), 415, /multipart\/form-data/],
    ['compression', { 'content-encoding': 'gzip' }, 415, /compressed/],
  ])('gets an error for its headers: %s', async (_name, headers, status, says) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, upload(noise(100_000)), headers);
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].message).toMatch(says);
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each<[name: string, contentType: string]>([
    ['in quotes', `multipart/form-data; boundary="${boundary}"`],
    ['in capitals', `MULTIPART/FORM-DATA; BOUNDARY=${boundary}`],
  ])('does not include one with its boundary %s, which is accepted', async (_name, contentType) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, upload(), type(contentType));
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({ status: 200, errors: undefined });
    expectBytes(onlyReceived(gateway).file?.bytes, 'bytes');
  });

  test('includes one that a form of another site could send, without any of three headers', async () => {
    const gateway = await startUploadGateway();
    const names = ['apollo-require-preflight', 'x-graphql-yoga-csrf', 'x-apollo-operation-name'];
    for (const value of [null, '']) {
      const answer = await sendForm(gateway.origin, upload(noise(100_000)), {
        'apollo-require-preflight': value,
      });
      expect(answer.status).toBe(403);
      for (const name of names) expect(answer.body.errors[0].message).toContain(name);
    }
    expect(gateway.sandbox?.received).toEqual([]);
    for (const name of names) {
      const answer = await sendForm(gateway.origin, upload(), {
        'apollo-require-preflight': null,
        [name]: '1',
      });
      expect(result(answer)).toMatchObject(sent);
    }
  });

  const body = upload(noise(50_000));
  const cutOff: [name: string, bytes: Buffer][] = [
    ['a body shorter than announced', Buffer.concat([head(body.length + 10), body])],
    ['a body that is truncated in the file', Buffer.concat([head(body.length), body.subarray(0, -1_000)])],
    ['chunks without an end', Buffer.concat([head('chunked'), chunk(body)])],
    ['chunks without an end, in the file', Buffer.concat([head('chunked'), chunk(body.subarray(0, -1_000))])],
    ['a chunk shorter than announced', Buffer.concat([head('chunked'), chunk(body).subarray(0, -100)])],
    ['a chunk without a length', Buffer.concat([head('chunked'), chunk(body), Buffer.from('nonsense\r\n')])],
  ];
  test.each(cutOff)('sends nothing, and ends with its connection: %s', async (_name, bytes) => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    await client.write(bytes);
    await sleep(40);
    client.end();
    await client.closed();
    expect(client.rest).not.toMatch(/^HTTP\/1.1 (?:2|5)/);
    await spool.becomesEmpty();
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test('longer than announced is truncated, and the following bytes are not executed', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    await client.write(head(body.length - 1_000), body);
    await client.closed();
    // Node itself may reject the following bytes first.
    expect(client.rest).toMatch(/^HTTP\/1.1 400 /);
    expect(client.rest).not.toMatch(/^HTTP\/1.1 (?:2|5)/m);
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

describe('a mutation with two replies sends neither', () => {
  const x = file('x', { name: 'x' });
  const y = file('y', { name: 'y' });
  test.each<[name: string, rest: Buffer]>([
    ['if the second file is missing', form(x)],
    ['if the first file is missing', form(y)],
    ['if both files are missing', form()],
    ['if the second file is truncated', Buffer.concat([x, y.subarray(0, -2)])],
    ['if the closing boundary is missing', Buffer.concat([x, y])],
    ['if the second file is a text field', form(x, field('y', 'y'))],
    ['if the first file is sent twice', form(x, x, y)],
    ['if the first file is sent again at the end', form(x, y, x)],
    ['if another part is at the end', form(x, y, field('z', ''))],
    ['if the second header is malformed', form(x, part('nonsense'))],
  ])('%s', async (_name, rest) => {
    const gateway = await startUploadGateway();
    const answer = await sendForNothing(gateway, Buffer.concat([twoOperations, twoMap, rest]));
    expect(answer.status).toBe(400);
    expect(answer.body.data ?? null).toBeNull();
  });

  const plainFirst = operations(
    { b: null },
    `mutation ($b: Upload!) {
      first: replyToConversation(input: { conversationId: "1", body: "1" }) { __typename }
      second: replyToConversation(input: { conversationId: "1", attachment: { file: $b } }) { __typename }
    }`,
  );
  const mapB = map({ y: ['variables.b'] });
  const plainAlone = operations({ input: { conversationId: '1', body: 'Hi' } });
  test.each<[name: string, body: Buffer]>([
    ['the second file is missing', form(plainFirst, mapB)],
    ['the second file is truncated', Buffer.concat([plainFirst, mapB, y.subarray(0, -2)])],
    ['another part follows the second file', form(plainFirst, mapB, y, x)],
    ['there is no file, but a part', form(plainAlone, map({}), x)],
    ['there is no file, and no closing boundary', Buffer.concat([plainAlone, map({})])],
  ])('if the first has no file, and %s', async (_name, body) => {
    const gateway = await startUploadGateway();
    const answer = await sendForNothing(gateway, body);
    expect(answer.status).toBe(400);
    expect(answer.body.data ?? null).toBeNull();
  });

  test.each(['goAway', 'reset', 'end'] as const)(
    'if the client disconnects before the second file: %s',
    async (way) => {
      const gateway = await startUploadGateway();
      const client = new RawClient(gateway.origin);
      await client.write(head(200_000), twoOperations, twoMap, x, `--${boundary}\r\n`);
      await until(() => expect(spool.files()).toHaveLength(1));
      client[way]();
      await client.closed();
      await spool.becomesEmpty();
      expect(gateway.sandbox?.received).toEqual([]);
    },
  );
});
