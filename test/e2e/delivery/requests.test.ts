/** The request to Dashly: its URL, its headers, and the reuse of connections. */

import { describe, expect, test } from 'vitest';
import { post, reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import {
  answerTo,
  documentedConversation,
  newAnswer,
  startTcpUpstream,
  startUpstream,
} from '../../support/upstream/start-upstream.ts';

test.each([
  ['', '/conversations/7/reply'],
  ['/', '/conversations/7/reply'],
  ['/v2', '/v2/conversations/7/reply'],
  ['/v2/', '/v2/conversations/7/reply'],
  ['/proxy/dashly//', '/proxy/dashly/conversations/7/reply'],
])('a base URL that ends with "%s" becomes the path %s', async (base, path) => {
  const upstream = await startUpstream();
  const gateway = await startGateway({ DASHLY_API_URL: `${upstream.url}${base}` });
  await reply(gateway, { conversationId: '7' });
  expect(upstream.requests.map((request) => request.path)).toEqual([path]);
});

test('sends no header of the client but its token', async () => {
  const { gateway, upstream } = await startStage();
  await reply(gateway, { conversationId: '7', body: 'ё'.repeat(1000) }, '__typename', {
    authorization: 'Token sandbox',
    cookie: 'session=1',
    'user-agent': 'client/1.0',
    'x-forwarded-for': '10.0.0.1',
    'x-api-key': 'key',
  });
  expect(upstream.requests).toHaveLength(1);
  for (const { headers, body } of upstream.requests) {
    expect(headers).toEqual({
      host: new URL(upstream.url).host,
      connection: 'keep-alive',
      authorization: 'Token sandbox',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'dashly-graphql-gateway',
    });
  }
});

test('sends a hundred concurrent replies once each, and returns the right response to each', async () => {
  const { gateway, upstream } = await startStage((response, { fields }) => {
    const body = new Map(fields).get('body') ?? '';
    const data = { id: `9${body}`, conversation: '7', created: 1, type: 'note', body };
    setTimeout(() => response.end(JSON.stringify({ data, meta: { status: 200 } })), Number(body) % 7);
  });
  const bodies = Array.from({ length: 100 }, (_, index) => String(index));
  const answers = await Promise.all(
    bodies.map((body) =>
      reply(gateway, { conversationId: '7', body }, '... on ReplyToConversationPayload { part { body } }'),
    ),
  );
  expect(answers.map(({ part }) => part.body)).toEqual(bodies);
  const arrived = upstream.requests.map(({ fields }) => new Map(fields).get('body'));
  expect(arrived.sort()).toEqual([...bodies].sort());
});

describe('a connection', () => {
  /** The number of the connection, from 1, of each reply; bodies of these lengths are sent one after the other. */
  async function connectionsOf(bodies: readonly number[], status: number): Promise<readonly number[]> {
    const { gateway, upstream } = await startStage((response, request) => {
      response.statusCode = status;
      response.end(JSON.stringify(status === 200 ? answerTo(request) : { data: {}, meta: { status } }));
    });
    for (const length of bodies) await reply(gateway, { conversationId: '7', body: 'x'.repeat(length) });
    expect(upstream.requests.map(({ headers }) => headers.connection)).toEqual(
      bodies.map(() => 'keep-alive'),
    );
    return upstream.requests.map(({ connection }) => connection);
  }

  test('is reused, also after a large reply', async () => {
    expect(await connectionsOf([100, 700_000, 100], 200)).toEqual([1, 1, 1]);
  });

  test('is reused after a rejection', async () => {
    expect(await connectionsOf([100, 60_000, 100], 400)).toEqual([1, 1, 1]);
  });

  test('is closed after the rejection of a large reply, which may not be sent completely', async () => {
    expect(await connectionsOf([70_000, 70_000, 100], 400)).toEqual([1, 2, 3]);
    expect(await connectionsOf([70_000, 100], 500)).toEqual([1, 2]);
  });

  test('that the server closes after an early rejection is used for no other reply', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
    let connections = 0;
    const url = await startTcpUpstream((socket) => {
      connections++;
      if (connections > 1) {
        socket.on('data', () => {
          const json = newAnswer();
          socket.write(`${head}content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
        });
        return;
      }
      socket.once('data', () => {
        socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\n{}');
        // As servers do that stop reading early.
        setTimeout(() => socket.destroy(), 20);
      });
    });
    const gateway = await startGateway({ DASHLY_API_URL: url, DASHLY_MAX_CONNECTIONS: '1' });
    const send = (body: string) => reply(gateway, { conversationId: documentedConversation, body });
    const large = send('x'.repeat(700_000));
    await expect.poll(() => connections, { interval: 1 }).toBe(1);
    const results = await Promise.all([large, send('short'), send('short')]);
    expect(results.map(({ __typename }) => __typename)).toEqual([
      'ReplyTooBigError',
      'ReplyToConversationPayload',
      'ReplyToConversationPayload',
    ]);
    expect(connections).toBe(2);
  });
});

test('null and a missing value are the same, also in a document and in variables', async () => {
  const { gateway, upstream } = await startStage();
  const query = `mutation ($body: String, $from: ReplySenderInput, $actions: [ReplyActionInput!], $m: JSONObject) {
    replyToConversation(input: {
      conversationId: 7, body: $body, from: $from, actions: $actions, bodyJson: $m, type: null, externalId: null
    }) { __typename }
  }`;
  for (const variables of [{}, { body: null, from: null, actions: null, m: null }]) {
    await post(gateway, query, variables);
  }
  expect(upstream.requests.map(({ body }) => body)).toEqual(
    Array(2).fill(expect.stringMatching(/^id_as_string=true&include_random_id=true&random_id=\d+$/)),
  );
});

/** As in the documentation of the endpoint. */
const examples: [title: string, input: string, fields: string[][]][] = [
  [
    'from an admin with an assignment',
    'body: "Some Admin Message", from: { adminId: "8164" }, autoAssign: { adminId: "8164" }',
    [
      ['body', 'Some Admin Message'],
      ['from_admin', '8164'],
      ['auto_assign', '8164'],
    ],
  ],
  [
    'as a visitor of the site',
    'body: "Some User Message", from: { default: USER }',
    [
      ['body', 'Some User Message'],
      ['from_user', 'default_user'],
    ],
  ],
  [
    'a note of an admin',
    'body: "Some Admin Message", from: { adminId: "8164" }, type: NOTE',
    [
      ['body', 'Some Admin Message'],
      ['from_admin', '8164'],
      ['type', 'note'],
    ],
  ],
];

test.each(examples)('the documented example: %s', async (_title, input, fields) => {
  const { gateway, upstream } = await startStage();
  const query = `mutation { replyToConversation(input: { conversationId: "1789152", ${input} }) { __typename } }`;
  await post(gateway, query, {}, { authorization: 'Token XXX' });
  expect(upstream.requests).toHaveLength(1);
  for (const request of upstream.requests) {
    expect(request.method).toBe('POST');
    expect(request.path).toBe('/conversations/1789152/reply');
    expect(request.headers.authorization).toBe('Token XXX');
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const always = ['id_as_string', 'include_random_id', 'random_id', 'auto_assign_random_id'];
    expect(request.fields.filter(([name]) => !always.includes(name)).sort()).toEqual(fields.sort());
  }
});

test('an invalid reply is not sent, and its issues are reported to a caller without credentials too', async () => {
  const { gateway, upstream } = await startStage();
  expect(await reply(gateway, { conversationId: '0' }, undefined, { authorization: '' })).toEqual({
    __typename: 'InvalidReplyError',
    message: 'Nothing was sent: the input is invalid.',
    delivery: 'NOT_DELIVERED',
    issues: [{ path: ['conversationId'], message: expect.stringMatching(/^An id must be an integer/) }],
  });
  expect(upstream.requests).toEqual([]);
});
