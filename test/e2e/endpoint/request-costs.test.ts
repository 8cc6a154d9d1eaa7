/** The memory, traffic and time of a request stay proportional to its size. */

import { describe, expect, test } from 'vitest';
import { askJson } from '../../support/gateway/ask.ts';
import { postBytes } from '../../support/gateway/converse.ts';
import { bearer, bySecret } from '../../support/gateway/issuer.ts';
import { HeldAnswers } from '../../support/gateway/keyed-reply.ts';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import {
  boundary,
  file,
  form,
  head,
  map,
  operations,
  upload as uploadOf,
} from '../../support/multipart-body.ts';
import { until } from '../../support/until.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

const upload = () => uploadOf('x'.repeat(50_000));

const maxJsonBytes = 1024 * 1024;

test('a variable that a JSON literal uses many times is not multiplied', async () => {
  const upstream = await startUpstream();
  const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
  const list = Array(1_000).fill('$v').join(' ');
  const query = `mutation ($v: JSONObject) {
    replyToConversation(input: { conversationId: 1, bodyJson: { a: [${list}] } }) { __typename }
  }`;
  for (const _time of [1, 2]) await askJson(url, { query, variables: { v: { a: 'x'.repeat(10_000) } } });
  const sent = upstream.requests.reduce((sum, { body }) => sum + body.length, 0);
  expect(sent).toBeLessThan(2 * maxJsonBytes);
});

describe('an error does not repeat large values', () => {
  const unknown = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`unknown${index}`, 1]));

  test.each<[string, object]>([
    ['with unknown fields next to a long string', { ...unknown, body: 'x'.repeat(200_000) }],
    ['with a long string of the wrong type', { randomId: 'x'.repeat(200_000) }],
  ])('%s', async (_which, input) => {
    const { url } = await startGateway();
    const query =
      'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';
    for (const _time of [1, 2]) {
      const { text } = await askJson(url, { query, variables: { input: { conversationId: 1, ...input } } });
      const messages: string[] = JSON.parse(text).errors.map(({ message }: { message: string }) => message);
      expect(messages.length).toBeLessThanOrEqual(6);
      // 500 characters, and an ellipsis.
      expect(Math.max(...messages.map(({ length }) => length))).toBe(501);
      expect(messages[0]).toMatch(/^Variable "\$input" got invalid value .*…/s);
    }
  });
});

test('a caller that uses all its uploads does not block the uploads of others', async () => {
  const { gateway, upstream } = await startHolding();
  const me = await bearer({ sub: 'me', dashly_user_id: '42' });
  const held = await hold(gateway.origin, 8, me);
  const refused = await sendForm(gateway.origin, upload(), me);
  expect([refused.status, refused.body]).toEqual([
    429,
    {
      errors: [
        {
          message: 'Too many requests from this caller are in progress; retry in 1 second.',
          extensions: { code: 'TOO_MANY_REQUESTS' },
        },
      ],
    },
  ]);
  expect(refused.head).toMatch(/^retry-after: 1$/im);
  const you = await bearer({ sub: 'you', dashly_user_id: '42' });
  for (const _time of [1, 2]) expect((await sendForm(gateway.origin, upload(), you)).status).toBe(200);
  // JSON of the same caller is not an upload.
  expect((await askJson(gateway.url, { query: '{ __typename }' }, me)).status).toBe(200);
  expect(upstream.requests).toHaveLength(2);

  held[0]?.goAway();
  await until(async () => expect((await sendForm(gateway.origin, upload(), me)).status).toBe(200));
});

test.each<[name: string, end: (client: RawClient) => unknown]>([
  ['that are complete', (client) => client.write(upload().subarray(-20_000))],
  ['whose clients disconnect', (client) => client.goAway()],
  ['that are malformed', (client) => client.write('x'.repeat(20_000))],
  ['that are malformed and followed by garbage', (client) => client.write('x'.repeat(50_000))],
])('uploads %s release their share', async (_name, end) => {
  const { gateway } = await startHolding();
  const me = await bearer({ sub: 'me', dashly_user_id: '42' });
  for (const _time of [1, 2]) {
    const held = await hold(gateway.origin, 8, me);
    expect((await sendForm(gateway.origin, upload(), me)).status).toBe(429);
    for (const client of held) await end(client);
    const free = async () => expect((await sendForm(gateway.origin, upload(), me)).status).toBe(200);
    await until(free);
  }
});

async function startHolding() {
  const upstream = await startUpstream();
  return { upstream, gateway: await startGateway({ DASHLY_API_URL: upstream.url, ...bySecret }) };
}

/** Starts this many uploads, which stop before their end. */
async function hold(origin: string, count: number, headers: Record<string, string>): Promise<RawClient[]> {
  const body = upload();
  const clients = Array.from({ length: count }, () => new RawClient(origin));
  for (const client of clients) await client.write(head(body.length, headers), body.subarray(0, -20_000));
  for (const client of clients) await client.expectIdle();
  return clients;
}

describe('operations of one caller', () => {
  const reply =
    'mutation { replyToConversation(input: { conversationId: "9003", body: "x" }) { __typename } }';

  test('are limited at the same time; those of others and later ones are served', async () => {
    const gateway = await startGateway({ MAX_OPERATIONS_PER_CALLER: '2', DASHLY_TIMEOUT_MS: '1500' });
    // The sandbox does not respond in this conversation.
    const held = [1, 2].map(() => askJson(gateway.url, { query: reply }));
    await until(() => expect(gateway.sandbox?.received).toHaveLength(2));
    const refused = await askJson(gateway.url, { query: '{ __typename }' });
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text)]).toEqual([
      429,
      '1',
      {
        errors: [
          {
            message: 'Too many requests from this caller are in progress; retry in 1 second.',
            extensions: { code: 'TOO_MANY_REQUESTS' },
          },
        ],
      },
    ]);
    for (const other of [{ authorization: 'Token another' }, { authorization: '' }]) {
      expect((await askJson(gateway.url, { query: '{ __typename }' }, other)).status).toBe(200);
    }
    await Promise.all(held);
    await until(async () =>
      expect((await askJson(gateway.url, { query: '{ __typename }' })).status).toBe(200),
    );
  });

  test('use a limited number of bytes, including those of incomplete requests', async () => {
    const gateway = await startGateway();
    const body = Buffer.from(
      JSON.stringify({ query: '{ __typename }', extensions: { x: 'x'.repeat(1_000_000) } }),
    );
    // Each reserves four times its length, of 32 MiB for this caller.
    const clients = Array.from({ length: 9 }, () => new RawClient(gateway.origin));
    for (const client of clients) await client.write(postBytes(body).subarray(0, -1));
    const refused = await until(() => {
      const some = clients.filter(({ rest }) => rest.startsWith('HTTP/1.1 429 '));
      expect(some).not.toEqual([]);
      return some;
    });
    expect(refused.length).toBeLessThanOrEqual(2);
    const other = { authorization: 'Token another' };
    expect((await askJson(gateway.url, { query: '{ __typename }' }, other)).status).toBe(200);
    for (const client of clients) {
      await client.write(body.subarray(-1));
      expect((await client.answer()).status).toBe(refused.includes(client) ? 429 : 200);
      await client.expectUsableOrClosed();
    }
  });
});

/** A gateway whose replies wait for `answers`, without a time limit that a busy machine could reach. */
async function startHeld() {
  const answers = new HeldAnswers();
  const { gateway } = await startStage(answers.respond, { DASHLY_TIMEOUT_MS: '60000' });
  return { gateway, answers };
}

test('small values of JSON count with their memory, which is many times their text', async () => {
  const { gateway, answers } = await startHeld();
  const query =
    'mutation ($json: JSONObject) { replyToConversation(input: { conversationId: "1", bodyJson: $json }) { __typename } }';
  const send = (json: object) => askJson(gateway.url, { query, variables: { json } });
  const texts = [1, 2, 3].map(() => send({ text: 'x'.repeat(600_000) }));
  await until(() => expect(answers.waiting).toBe(3));

  const objects = { list: Array(200_000).fill({}) };
  const held = send(objects);
  await until(() => expect(answers.waiting).toBe(4));
  expect((await send(objects)).status).toBe(429);
  answers.release();
  expect((await Promise.all([...texts, held])).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await until(async () => expect((await send(objects)).status).toBe(200));
});

test('a request whose values alone take more than a caller may hold gets a 413, and nothing is sent', async () => {
  const gateway = await startGateway();
  const query =
    'mutation ($json: JSONObject) { replyToConversation(input: { conversationId: "1", bodyJson: $json }) { __typename } }';
  const variables = { json: { list: Array(90_000).fill({ 34: 1 }) } };
  const message = 'The values of the request take too much memory; send fewer of them.';
  const refusal = { errors: [{ message, extensions: { code: 'PAYLOAD_TOO_LARGE' } }] };
  const { status, headers, text } = await askJson(gateway.url, { query, variables });
  expect([status, headers['retry-after'], JSON.parse(text)]).toEqual([413, undefined, refusal]);
  const upload = await sendForm(gateway.origin, form(operations(variables, query), map(), file('x')));
  expect([upload.status, upload.body]).toEqual([413, refusal]);
  expect(gateway.sandbox?.received).toEqual([]);
  expect((await askJson(gateway.url, { query: '{ __typename }' })).status).toBe(200);
});

test('large documents count with their memory while they are executed', async () => {
  const { gateway, answers } = await startHeld();
  // About 0.9 MB each, of 32 MiB for this caller; comments make them different documents.
  const items = '1 '.repeat(2_900);
  const send = (index: number) => {
    const query = `mutation { replyToConversation(input: { conversationId: "1", bodyJson: { a: [${items}] } }) { __typename } } #${index}`;
    return askJson(gateway.url, { query });
  };
  const refused: Awaited<ReturnType<typeof send>>[] = [];
  const sendAll = (indexOf: (index: number) => number) =>
    Array.from({ length: 60 }, async (_, index) => {
      const answer = await send(indexOf(index));
      if (answer.status === 429) refused.push(answer);
    });

  const all = sendAll((index) => index);
  await until(() => expect(answers.waiting + refused.length).toBe(60));
  expect(refused.length).toBeGreaterThan(15);
  expect(refused.length).toBeLessThan(45);
  expect(refused[0]?.headers['retry-after']).toBe('1');
  expect(JSON.parse(refused[0]?.text ?? '')).toEqual({
    errors: [
      {
        message: 'Too many requests from this caller are in progress; retry in 1 second.',
        extensions: { code: 'TOO_MANY_REQUESTS' },
      },
    ],
  });
  // Also a document that the cache has: others may evict it.
  const again = sendAll(() => 0);
  await until(() => expect(answers.waiting + refused.length).toBe(120));
  expect(refused.length).toBeGreaterThan(75);
  answers.release();
  await Promise.all([...all, ...again]);
});

describe('a JSON body that', () => {
  test.each([
    ['stops before its last byte', 0, 'No byte of the request arrived for 15 seconds.'],
    ['arrives one byte at a time', 100, 'The request is slower than 4096 bytes a second.'],
  ])(
    '%s gets a 408, and its connection ends',
    async (_which, everyMs, message) => {
      const gateway = await startGateway();
      const client = new RawClient(gateway.origin);
      await client.write(postBytes('x'.repeat(100_000)).subarray(0, 1_000));
      const sending = everyMs > 0 ? setInterval(() => void client.write(' '), everyMs) : undefined;
      await expect.poll(() => client.rest, { timeout: 40_000 }).toMatch(/^HTTP\/1\.1 408 /);
      clearInterval(sending);
      expect(client.rest).toContain(message);
      await client.closed();
    },
    60_000,
  );
});

test('an upload without credentials is rejected before its body is read', async () => {
  const gateway = await startGateway();
  const client = new RawClient(gateway.origin);
  await client.write(head(upload().length, { authorization: null }));
  const { status, body, head: lines } = await client.answer();
  expect([status, body.errors[0].message]).toEqual([
    401,
    'An upload needs a header "Authorization: Token …" (or "Bearer …").',
  ]);
  expect(lines).toMatch(/^www-authenticate: Token realm="dashly-graphql-gateway"\r?$/im);
});

test('the text fields of uploads count towards the bytes of a caller', async () => {
  const gateway = await startGateway();
  // Each reserves four times its length, and a constant amount per upload, of 32 MiB.
  const clients = Array.from({ length: 9 }, () => new RawClient(gateway.origin));
  const begun = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="operations"\r\n\r\n`),
    Buffer.alloc(1_000_000, ' '),
  ]);
  for (const client of clients) await client.write(head(2_000_000), begun);
  await until(() => expect(clients.filter(({ rest }) => rest.startsWith('HTTP/1.1 429 '))).not.toEqual([]));
  for (const client of clients) client.goAway();
  await until(async () => expect((await sendForm(gateway.origin, upload())).status).toBe(200));
});
