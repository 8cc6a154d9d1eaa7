/** A file is inserted at its path in the variables; no other value has the type Upload. */

import { describe, expect, test } from 'vitest';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import { post } from '../../support/gateway/reply.ts';
import type { TestGateway } from '../../support/gateway/start-gateway.ts';
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
  file,
  form,
  head,
  map,
  mutation,
  operations,
  replyOperations,
  selection,
  upload,
} from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { until } from '../../support/until.ts';

const { startUploadGateway } = watchUploads();

describe('a file and its path', () => {
  const seen = ({ sandbox }: TestGateway) =>
    sandbox?.received.map(({ fields, file: it }) => [
      new Map(fields).get('body'),
      Buffer.from(it?.bytes ?? []).toString(),
    ]);

  test('one file may be a variable', async () => {
    const gateway = await startUploadGateway();
    const query = `mutation Send($file: Upload!, $id: ID!) {
      replyToConversation(input: { conversationId: $id, attachment: { file: $file } }) { ${selection} }
    }`;
    const body = form(
      operations({ file: null, id: '1' }, query),
      map({ 0: ['variables.file'] }),
      file('own'),
    );
    expect(result(await sendForm(gateway.origin, body))).toMatchObject(sent);
    expectBytes(onlyReceived(gateway).file?.bytes, 'own');
  });

  test('one file may have two paths', async () => {
    const gateway = await startUploadGateway();
    const content = noise(200_000);
    const body = form(twoOperations, map({ '0': ['variables.a', 'variables.b'] }), file(content));
    expect((await sendForm(gateway.origin, body)).body.data).toMatchObject({ first: sent, second: sent });
    expect(gateway.sandbox?.received).toHaveLength(2);
    for (const received of gateway.sandbox?.received ?? []) expectBytes(received.file?.bytes, content);
  });

  test.each<[order: string, first: string, second: string]>([
    ['in the order of the map', 'x', 'y'],
    ['in another order', 'y', 'x'],
  ])('two files may have two paths, %s', async (_order, first, second) => {
    const gateway = await startUploadGateway();
    const parts = [first, second].map((name) => file(`of ${name}`, { name }));
    const answer = await sendForm(gateway.origin, form(twoOperations, twoMap, ...parts));
    expect(answer.body.data).toMatchObject({ first: sent, second: sent });
    expect(seen(gateway)).toEqual([
      ['1', 'of x'],
      ['2', 'of y'],
    ]);
  });

  test('a request may have five files, and not six', async () => {
    const gateway = await startUploadGateway();
    const request = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `f${index}`);
      const replies = names.map(
        (name) =>
          `${name}: replyToConversation(input: { conversationId: "1", attachment: { file: $${name} } }) { __typename }`,
      );
      const query = `mutation (${names.map((name) => `$${name}: Upload!`).join(', ')}) { ${replies.join(' ')} }`;
      return form(
        operations(Object.fromEntries(names.map((name) => [name, null])), query),
        map(Object.fromEntries(names.map((name) => [name, [`variables.${name}`]]))),
        ...names.map((name) => file(name, { name })),
      );
    };
    const five = await sendForm(gateway.origin, request(5));
    expect(Object.values(five.body.data)).toEqual(Array(5).fill(sent));
    expect(seen(gateway)?.map(([, bytes]) => bytes)).toEqual(['f0', 'f1', 'f2', 'f3', 'f4']);
    const six = await sendForm(gateway.origin, request(6));
    expect(six).toMatchObject({
      status: 413,
      body: { errors: [{ message: 'A request may have at most 5 files.' }] },
    });
    expect(gateway.sandbox?.received).toHaveLength(5);
  });

  test('many requests on one connection each have their own file', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    for (let index = 0; index < 20; index++) {
      const body = upload(`file ${index}`);
      await client.write(head(body.length), body);
      expect(result(await client.answer())).toMatchObject(sent);
    }
    expect(seen(gateway)?.map(([, bytes]) => bytes)).toEqual(
      Array.from({ length: 20 }, (_, index) => `file ${index}`),
    );
  });

  test('the remaining bytes of a rejected request get into no other file', async () => {
    const gateway = await startUploadGateway();
    const strange = Buffer.alloc(3 * MiB, 'STRANGE!');
    const refused = form(replyOperations({ conversationId: '0' }), map(), file(strange));
    const own = noise(600_000);
    for (let round = 0; round < 4; round++) {
      await Promise.all(
        Array.from({ length: 16 }, async (_, index) => {
          const answer = await sendForm(gateway.origin, index % 2 ? refused : upload(own));
          expect(result(answer).__typename).toBe(index % 2 ? 'InvalidReplyError' : sent.__typename);
        }),
      );
    }
    expect(gateway.sandbox?.received).toHaveLength(32);
    for (const received of gateway.sandbox?.received ?? []) expectBytes(received.file?.bytes, own);
  });

  test('pipelined requests are answered in order', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const bodies = ['first', 'second', 'third'].map((content) => upload(content));
    await client.write(...bodies.flatMap((body) => [head(body.length), body]));
    const ids = [];
    for (const _body of bodies) ids.push(result(await client.answer()).part.id);
    const byId = new Map(gateway.sandbox?.received.map((it) => [it.partId, it.file?.bytes]));
    expect(ids.map((id) => Buffer.from(byId.get(id) ?? []).toString())).toEqual(['first', 'second', 'third']);
  });

  test('a client may wait for 100 Continue before it sends the body', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const body = upload(noise(100_000));
    await client.write(head(body.length, { expect: '100-continue' }));
    await until(() => expect(client.rest).toBe('HTTP/1.1 100 Continue\r\n\r\n'));
    await client.write(body);
    expect(result(await client.answer())).toMatchObject(sent);
  });

  test('a request may have no file', async () => {
    const gateway = await startUploadGateway();
    const body = form(operations({ input: { conversationId: '1', body: 'Hi' } }), map({}));
    expect(result(await sendForm(gateway.origin, body))).toMatchObject(sent);
    expect(onlyReceived(gateway).contentType).toBe('application/x-www-form-urlencoded');
  });
});

describe('a file at a path without an Upload', () => {
  const withVariables = (variables: object | string, path: string) =>
    form(operations(variables), map({ 0: [path] }), file());

  test.each<[name: string, body: Buffer]>([
    [
      'in an undeclared variable',
      form(
        operations({ input: { conversationId: '1', body: 'Hi' }, extra: null }),
        map({ 0: ['variables.extra'] }),
        file(),
      ),
    ],
    [
      'in bodyJson',
      withVariables(
        { input: { conversationId: '1', body: 'Hi', bodyJson: { a: null } } },
        'variables.input.bodyJson.a',
      ),
    ],
    ['as the id', withVariables({ input: { conversationId: null } }, 'variables.input.conversationId')],
    ['as the input', withVariables({ input: null }, 'variables.input')],
  ])('is rejected, and nothing is sent: %s', async (_name, body) => {
    const gateway = await startUploadGateway();
    const accept = 'application/graphql-response+json';
    const answer = await sendForNothing(gateway, body, { accept });
    expect({ status: answer.status, data: answer.body.data ?? null }).toEqual({ status: 400, data: null });
    expect(answer.body.errors).toMatchObject([
      { message: 'The map puts a file at a path that no variable of type Upload uses.' },
    ]);
  });

  test('is rejected if the document inserts it into JSON, and nothing is sent', async () => {
    const gateway = await startUploadGateway();
    const query = `mutation ($file: Upload!) {
      replyToConversation(input: { conversationId: "1", body: "Hi", bodyJson: { a: [$file] } }) { __typename }
    }`;
    const body = form(operations({ file: null }, query), map({ 0: ['variables.file'] }), file());
    const answer = await sendForm(gateway.origin, body);
    expect(gateway.sandbox?.received).toEqual([]);
    expect(answer.body.data ?? null).toBeNull();
    expect(answer.body.errors.length).toBeGreaterThan(0);
  });

  test('is rejected in place of a string without internal details', async () => {
    const gateway = await startUploadGateway();
    const body = withVariables({ input: { conversationId: '1', body: null } }, 'variables.input.body');
    expect((await sendForm(gateway.origin, body)).text).not.toMatch(/promise|resolve|arrival/);
  });
});

describe('an Upload that is not a file', () => {
  const accepts = ['application/graphql-response+json', 'application/json', '*/*'];
  /** Null counts as a missing variable, for which clients of the older media type expect the status 200. */
  const statusFor = (value: string, accept: string) =>
    value === 'null' && accept !== 'application/graphql-response+json' ? 200 : 400;
  const values = [
    '"a"',
    '5',
    'true',
    '{}',
    '[]',
    '[null]',
    'null',
    '{"promise":{}}',
    '{"arrival":{}}',
    '{"file":{"capacitor":{}}}',
    '{"name":"a","size":1}',
    '12345678901234567890',
  ];
  const input = (value: string) =>
    `{"input":{"conversationId":"1","body":"Hi","attachment":{"file":${value}}}}`;

  test.each(values)('is rejected in JSON: %s', async (value) => {
    const gateway = await startUploadGateway();
    // A cached document is processed differently.
    await post(gateway, mutation, { input: { conversationId: '404', body: 'Hi' } });
    for (const accept of [...accepts, ...accepts]) {
      const { status, body } = await post(gateway, mutation, input(value), { accept });
      expect({ status, data: body.data ?? null }).toEqual({ status: statusFor(value, accept), data: null });
      expect(body.errors[0].message).toMatch(
        value === 'null' ? /must not be null|not to be null|Upload!/ : /Upload/,
      );
    }
    expect(gateway.sandbox?.received).toHaveLength(1);
  });

  test.each(values)('is rejected in a multipart request without files: %s', async (value) => {
    const gateway = await startUploadGateway();
    for (const accept of accepts) {
      const body = form(operations(input(value)), map({}));
      const answer = await sendForm(gateway.origin, body, { accept });
      expect({ status: answer.status, data: answer.body.data ?? null }).toEqual({
        status: statusFor(value, accept),
        data: null,
      });
      expect(answer.body.errors[0].message).toMatch(/Upload/);
    }
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each(values)('is rejected as a variable: %s', async (value) => {
    const gateway = await startUploadGateway();
    const query = `mutation ($file: Upload!) {
      replyToConversation(input: { conversationId: "1", body: "Hi", attachment: { file: $file } }) { __typename }
    }`;
    for (const accept of accepts) {
      const { status, body } = await post(gateway, query, `{"file":${value}}`, { accept });
      expect({ status, data: body.data ?? null }).toEqual({ status: statusFor(value, accept), data: null });
      expect(body.errors[0].message).toMatch(/Upload/);
    }
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each(['"a"', '5', 'true', 'A', '{}', '{ promise: {} }', '{ arrival: {} }', '[]', 'null'])(
    'is rejected as a literal: %s',
    async (literal) => {
      const gateway = await startUploadGateway();
      const query = `mutation { replyToConversation(input: { conversationId: "1", body: "Hi", attachment: { file: ${literal} } }) { __typename } }`;
      const json = await post(gateway, query);
      const multipart = await sendForm(gateway.origin, form(operations({}, query), map({})));
      for (const { status, body } of [json, multipart]) {
        expect(status).toBeOneOf([200, 400]);
        expect(body.errors.length).toBeGreaterThan(0);
        expect(body.data ?? null).toBeNull();
      }
      expect(gateway.sandbox?.received).toEqual([]);
    },
  );

  test('is rejected as the default of a variable', async () => {
    const gateway = await startUploadGateway();
    const query = `mutation ($file: Upload = "a") {
      replyToConversation(input: { conversationId: "1", body: "Hi", attachment: { file: $file } }) { __typename }
    }`;
    const { body } = await post(gateway, query);
    expect(body.errors.length).toBeGreaterThan(0);
    expect(gateway.sandbox?.received).toEqual([]);
  });
});
