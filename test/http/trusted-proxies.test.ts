/** Headers of proxies: they count only if the connection is from a trusted address. */

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTrustedProxies } from '../../src/http/trusted-proxies.ts';
import { ask, askJson } from '../support/gateway/ask.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { until } from '../support/until.ts';

/** What is read from a request that this machine sends. */
async function read(trusted: readonly string[], headers: Record<string, string>, host = '127.0.0.1') {
  const proxies = createTrustedProxies(trusted);
  const server = createServer((req, res) => {
    const id = proxies.requestId(req);
    res.end(JSON.stringify({ id, client: proxies.clientAddress(req) }));
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return JSON.parse((await ask(`http://127.0.0.1:${port}/`, { headers })).text);
}

const id = 'f058ebd6-02f7-4d3f-942e-904344e8cde5';

describe('x-request-id', () => {
  test.each([
    [['127.0.0.1'], id],
    [['127.0.0.0/8'], id],
    [['10.0.0.0/8', '::1', '127.0.0.1/32'], id],
    [['10.0.0.0/8'], null],
    [['::1', 'fd00::/8'], null],
    [[], null],
  ])('with %j as proxies is %s', async (trusted, expected) => {
    expect(await read(trusted, { 'x-request-id': id })).toMatchObject({ id: expected });
  });

  test.each([
    id,
    'a',
    'a'.repeat(128),
    'Root=1-67891233-abcdef012345678912345678',
    'Zm9v+/==',
    'x;y@z:1.2_3',
  ])('may be %s', async (sent) => {
    expect(await read(['127.0.0.1'], { 'x-request-id': sent })).toMatchObject({ id: sent });
  });

  test.each(['', 'a'.repeat(129), 'a b', 'a,b', '"a"', '{a}', '<a>', 'ä', '\\u0041'])(
    'must not be %s',
    async (sent) => {
      expect(await read(['127.0.0.1'], { 'x-request-id': sent })).toMatchObject({ id: null });
    },
  );

  test('is read from a proxy whose IPv4 address is mapped to IPv6', async () => {
    expect(await read(['127.0.0.0/8'], { 'x-request-id': id }, '::')).toEqual({
      id,
      client: expect.stringMatching(/^::ffff:127\.0\.0\.1$/),
    });
  });
});

describe('the address of the client', () => {
  test.each<[name: string, trusted: string[], forwarded: string, client: string]>([
    ['is that of the connection', [], '203.0.113.7', '127.0.0.1'],
    ['is that of the connection if it is no proxy', ['10.0.0.0/8'], '203.0.113.7', '127.0.0.1'],
    ['is the one that the proxy adds', ['127.0.0.1'], '203.0.113.7', '203.0.113.7'],
    ['is not what the client claims', ['127.0.0.1'], '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['is before all proxies', ['127.0.0.1', '10.0.0.0/8'], '1.1.1.1, 203.0.113.7,10.0.0.9', '203.0.113.7'],
    ['can be in the network of the proxies', ['127.0.0.1', '10.0.0.0/8'], '10.1.1.1, 10.0.0.9', '10.1.1.1'],
    ['can be of IPv6', ['127.0.0.1'], '2001:db8::7', '2001:db8::7'],
    ['has no zone', ['127.0.0.1'], `fe80::1%${'x'.repeat(1_000)}`, '127.0.0.1'],
    ['has no zone in the network of the proxies', ['127.0.0.1', 'fe80::/10'], 'fe80::1%eth0', '127.0.0.1'],
    ['is before a proxy with a zone', ['127.0.0.1', 'fe80::/10'], '203.0.113.7,fe80::2%eth0', '203.0.113.7'],
    ['is that of the proxy without a valid header', ['127.0.0.1'], 'unknown', '127.0.0.1'],
    ['is that of the proxy with an empty header', ['127.0.0.1'], '', '127.0.0.1'],
  ])('%s', async (_name, trusted, forwarded, client) => {
    expect(await read(trusted, { 'x-forwarded-for': forwarded })).toMatchObject({ client });
  });

  test('is that of the connection without the header', () => {
    const request = { headers: {}, socket: { remoteAddress: '127.0.0.1' } } as IncomingMessage;
    expect(createTrustedProxies(['127.0.0.1']).clientAddress(request)).toBe('127.0.0.1');
  });
});

test('the gateway answers with the id of a trusted proxy, and with its own otherwise', async () => {
  const trusting = await startGateway({ TRUST_PROXY: '127.0.0.1' });
  const other = await startGateway();
  for (const path of ['/graphql', '/health']) {
    const headers = { 'x-request-id': id };
    const answers = await Promise.all(
      [trusting, other].map(({ origin }) => askJson(origin + path, { query: '{ __typename }' }, headers)),
    );
    expect(answers.map((answer) => answer.headers['x-request-id'] === id)).toEqual([true, false]);
  }
});

test('callers without credentials are limited by the address of their client', async () => {
  const { origin, url } = await startGateway({ TRUST_PROXY: '127.0.0.1', MAX_OPERATIONS_PER_CALLER: '1' });
  const statusFor = async (client: string) => {
    const headers = { authorization: '', 'x-forwarded-for': client };
    return (await askJson(url, { query: '{ __typename }' }, headers)).status;
  };
  // Its body never ends.
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(
    'POST /graphql HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  );
  await until(async () => expect(await statusFor('203.0.113.7')).toBe(429));
  expect(await statusFor('203.0.113.8')).toBe(200);
});
