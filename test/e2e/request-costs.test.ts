/** What a request makes of memory, traffic and time stays in proportion to its size. */

import { describe, expect, test } from 'vitest';
import { askJson } from '../support/ask.ts';
import { postBytes } from '../support/converse.ts';
import { bearer, bySecret } from '../support/issuer.ts';
import { boundary, head, upload as uploadOf } from '../support/multipart-body.ts';
import { RawClient, sendForm } from '../support/raw-client.ts';
import { startGateway } from '../support/start-gateway.ts';
import { startUpstream } from '../support/start-upstream.ts';
import { until } from '../support/until.ts';

const upload = () => uploadOf('x'.repeat(50_000));

const maxJsonBytes = 1024 * 1024;

test('a variable that a JSON literal names many times does not multiply', async () => {
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

describe('an error does not repeat what came', () => {
  const unknown = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`unknown${index}`, 1]));

  test.each<[string, object]>([
    ['for each unknown field beside a long text', { ...unknown, body: 'x'.repeat(200_000) }],
    ['where a long text is of the wrong type', { randomId: 'x'.repeat(200_000) }],
  ])('%s', async (_which, input) => {
    const { url } = await startGateway();
    const query =
      'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';
    for (const _time of [1, 2]) {
      const { text } = await askJson(url, { query, variables: { input: { conversationId: 1, ...input } } });
      const messages: string[] = JSON.parse(text).errors.map(({ message }: { message: string }) => message);
      expect(messages.length).toBeLessThanOrEqual(6);
      // 500 characters, and a sign that there were more between them.
      expect(Math.max(...messages.map(({ length }) => length))).toBe(501);
      expect(messages[0]).toMatch(/^Variable "\$input" got invalid value .*…/s);
    }
  });
});

test('who holds all uploads that one caller may have does not keep others from uploading', async () => {
  const { gateway, upstream } = await startHolding();
  const me = await bearer({ sub: 'me', dashly_user_id: '42' });
  const held = await hold(gateway.origin, 8, me);
  const refused = await sendForm(gateway.origin, upload(), me);
  expect([refused.status, refused.body]).toEqual([
    429,
    {
      errors: [
        {
          message: 'Too many requests of this caller are in progress; retry in 1 second.',
          extensions: { code: 'TOO_MANY_REQUESTS' },
        },
      ],
    },
  ]);
  expect(refused.head).toMatch(/^retry-after: 1$/im);
  const you = await bearer({ sub: 'you', dashly_user_id: '42' });
  for (const _time of [1, 2]) expect((await sendForm(gateway.origin, upload(), you)).status).toBe(200);
  // JSON of the same caller is no upload.
  expect((await askJson(gateway.url, { query: '{ __typename }' }, me)).status).toBe(200);
  expect(upstream.requests).toHaveLength(2);

  held[0]?.goAway();
  await until(async () => expect((await sendForm(gateway.origin, upload(), me)).status).toBe(200));
});

test.each<[name: string, end: (client: RawClient) => unknown]>([
  ['that are answered', (client) => client.write(upload().subarray(-20_000))],
  ['whose clients go away', (client) => client.goAway()],
  ['that are broken', (client) => client.write('x'.repeat(20_000))],
  ['that are broken and followed by what is no request', (client) => client.write('x'.repeat(50_000))],
])('uploads %s give their place back', async (_name, end) => {
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

/** So many uploads that are under way and do not go on. */
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

  test('under way at once are limited; others and the next ones are served', async () => {
    const gateway = await startGateway({ MAX_OPERATIONS_PER_CALLER: '2', DASHLY_TIMEOUT_MS: '1500' });
    // The sandbox does not answer in this conversation.
    const held = [1, 2].map(() => askJson(gateway.url, { query: reply }));
    await until(() => expect(gateway.sandbox?.received).toHaveLength(2));
    const refused = await askJson(gateway.url, { query: '{ __typename }' });
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text)]).toEqual([
      429,
      '1',
      {
        errors: [
          {
            message: 'Too many requests of this caller are in progress; retry in 1 second.',
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

  test('hold a limited number of bytes, of requests that have not arrived whole as well', async () => {
    const gateway = await startGateway();
    const body = Buffer.from(
      JSON.stringify({ query: '{ __typename }', extensions: { x: 'x'.repeat(1_000_000) } }),
    );
    // Each holds four times its length, of 32 MiB for this caller.
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

describe('a body of JSON that', () => {
  test.each([
    ['stops before its last byte', 0, 'No byte of the request arrived for 15 seconds.'],
    ['comes a byte at a time', 100, 'The request is slower than 4096 bytes a second.'],
  ])(
    '%s is answered 408, and its connection ends',
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

test('an upload without credentials is refused before its body is read', async () => {
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

test('the texts of uploads count among the bytes that a caller holds', async () => {
  const gateway = await startGateway();
  // Each holds four times its length, and what an upload holds in any case, of 32 MiB.
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
