/** Dashly and key sets are reached through a proxy, and a reply is still never sent twice or reported wrongly. */

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createServer as createTlsServer } from 'node:tls';
import { exportJWK } from 'jose';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { askJson } from '../support/gateway/ask.ts';
import { audience, gatewayToken, issuer, makeKeys, sign } from '../support/gateway/issuer.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { endCommands, startCommand } from '../support/process/start-command.ts';
import { makeCertificate } from '../support/proxy/make-certificate.ts';
import { startHttpsServer, trust } from '../support/proxy/start-https-server.ts';
import { isTinyproxyMissing, startTinyproxy } from '../support/proxy/start-tinyproxy.ts';
import { until } from '../support/until.ts';
import { answerTo, startTcpUpstream } from '../support/upstream/start-upstream.ts';

afterAll(endCommands);

const query = `mutation {
  replyToConversation(input: { conversationId: "1", body: "Hi" }) {
    __typename
    ... on ReplyError { delivery }
    ... on DashlyUnavailableError { reason }
  }
}`;
const sent = { __typename: 'ReplyToConversationPayload' };
const notSent = (reason: string) => ({
  __typename: 'DashlyUnavailableError',
  delivery: 'NOT_DELIVERED',
  reason,
});

async function reply(url: string, headers: Record<string, string> = {}) {
  const { text } = await askJson(url, { query }, headers);
  expect(text).not.toContain('S3cr3t');
  return JSON.parse(text).data.replyToConversation;
}

const answerReply: RequestListener = async (request, response) => {
  const body = String(await buffer(request));
  response.end(JSON.stringify(answerTo({ path: request.url ?? '', body })));
};

/** Dashly over HTTPS, with a certificate that this process trusts. */
async function startDashly(listener = answerReply) {
  const dashly = await startHttpsServer(listener);
  trust(dashly.cert);
  return dashly;
}

/** A server with TLS in front of a proxy. Its certificate is for its address, and not for `localhost`, which is Dashly's name. */
async function startTlsFront(proxyUrl: string): Promise<{ host: string; cert: string }> {
  const { cert, key } = makeCertificate('proxy.test');
  const server = createTlsServer({ cert, key }, (socket) => {
    const proxy = connect(Number(new URL(proxyUrl).port), '127.0.0.1');
    pipeline(socket, proxy, socket).catch(() => {});
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, cert };
}

describe.skipIf(isTinyproxyMissing)('with tinyproxy (needs tinyproxy)', () => {
  test('replies go through one tunnel to Dashly, which sees nothing of the proxy', async () => {
    const dashly = await startDashly();
    const proxy = await startTinyproxy();
    const gateway = await startGateway({ DASHLY_API_URL: dashly.url, HTTPS_PROXY: proxy.url });
    for (const _time of [1, 2]) expect(await reply(gateway.url)).toEqual(sent);
    expect(proxy.targets()).toEqual([dashly.host]);
    expect(dashly.requests).toHaveLength(2);
    for (const headers of dashly.requests) expect(Object.keys(headers).join()).not.toMatch(/proxy|via/);
  });

  test('the proxy gets its user and password, and refuses others', async () => {
    const dashly = await startDashly();
    const settings = ['BasicAuth me S3cr3t'];
    const proxy = await startTinyproxy(settings, 'me:S3cr3%74');
    const gateway = await startGateway({ DASHLY_API_URL: dashly.url, HTTPS_PROXY: proxy.url });
    expect(await reply(gateway.url)).toEqual(sent);
    const stranger = await startTinyproxy(settings, 'me:S3cr3t2');
    const refused = await startCommand({ DASHLY_API_URL: dashly.url, HTTPS_PROXY: stranger.url });
    const answer = await reply(`${refused.origin}/graphql`, { authorization: 'Token sandbox' });
    expect(answer).toEqual(notSent('UNREACHABLE'));
    await refused.written(/"upstreamError":"PROXY_401"/);
    expect(refused.output.out).toContain(`through the proxy ${new URL(stranger.url).host}`);
    expect(JSON.stringify(refused.output)).not.toContain('S3cr3t');
    expect(dashly.requests).toHaveLength(1);
    expect(JSON.stringify(dashly.requests)).not.toMatch(/S3cr3t|UzNjcjN0/);
    expect(gateway.errors).toEqual([]);
  });

  test('a proxy that forbids the target is reported as not delivered', async () => {
    const dashly = await startDashly();
    const proxy = await startTinyproxy(['ConnectPort 443']);
    const gateway = await startGateway({ DASHLY_API_URL: dashly.url, HTTPS_PROXY: proxy.url });
    expect(await reply(gateway.url)).toEqual(notSent('UNREACHABLE'));
    expect(dashly.requests).toEqual([]);
  });

  test('a proxy that dies after the request was written is an unknown delivery, and nothing is sent again', async () => {
    const dashly = await startDashly(() => {});
    const proxy = await startTinyproxy();
    const gateway = await startGateway({ DASHLY_API_URL: dashly.url, HTTPS_PROXY: proxy.url });
    const replied = reply(gateway.url);
    await until(() => expect(dashly.requests).toHaveLength(1));
    await proxy.kill();
    expect(await replied).toMatchObject({ delivery: 'UNKNOWN' });
    expect(await reply(gateway.url)).toEqual(notSent('UNREACHABLE'));
    expect(dashly.requests).toHaveLength(1);
  });

  test('a proxy with TLS has a certificate for its own name, and gets its user and password over TLS', async () => {
    const dashly = await startDashly();
    const proxy = await startTinyproxy(['BasicAuth me S3cr3t']);
    const front = await startTlsFront(proxy.url);
    const gateway = await startGateway({
      DASHLY_API_URL: dashly.url,
      HTTPS_PROXY: `https://me:S3cr3t@${front.host}`,
    });
    // Its certificate is not trusted yet.
    expect(await reply(gateway.url)).toEqual(notSent('UNREACHABLE'));
    expect(proxy.targets()).toEqual([]);
    trust(front.cert);
    for (const _time of [1, 2]) expect(await reply(gateway.url)).toEqual(sent);
    expect(proxy.targets()).toEqual([dashly.host]);
    expect(dashly.requests).toHaveLength(2);
  });

  test('a host of NO_PROXY is reached directly', async () => {
    const dashly = await startDashly();
    const proxy = await startTinyproxy();
    const environment = { DASHLY_API_URL: dashly.url, HTTPS_PROXY: proxy.url, NO_PROXY: 'a.test, localhost' };
    const gateway = await startGateway(environment);
    expect(await reply(gateway.url)).toEqual(sent);
    expect(proxy.targets()).toEqual([]);
  });

  test.each([['without'], ['with']])('key sets are fetched through a proxy %s TLS', async (tls) => {
    const keys = makeKeys('P-256');
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'a', alg: 'ES256' };
    const keySet = await startDashly(
      (_request, response) => void response.end(JSON.stringify({ keys: [jwk] })),
    );
    const proxy = await startTinyproxy(['BasicAuth me S3cr3t'], 'me:S3cr3t');
    const front = await startTlsFront(proxy.url);
    trust(front.cert);
    const gateway = await startGateway({
      DASHLY_TOKEN: gatewayToken,
      JWT_JWKS_URL: `${keySet.url}/keys`,
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: audience,
      HTTPS_PROXY: tls === 'with' ? `https://me:S3cr3t@${front.host}` : proxy.url,
    });
    const token = await sign(
      { dashly_admin_id: '1' },
      { key: keys.privateKey, header: { alg: 'ES256', kid: 'a' } },
    );
    const { status } = await askJson(
      gateway.url,
      { query: '{ __typename }' },
      { authorization: `Bearer ${token}` },
    );
    expect([status, proxy.targets()]).toEqual([200, [keySet.host]]);
    expect(keySet.requests).toHaveLength(1);
  });

  test('a CA of NODE_EXTRA_CA_CERTS is trusted, directly and through the proxy', async () => {
    const dashly = await startHttpsServer(answerReply);
    const proxy = await startTinyproxy();
    const NODE_EXTRA_CA_CERTS = join(makeTemporaryFolder(), 'ca.pem');
    await writeFile(NODE_EXTRA_CA_CERTS, dashly.cert);
    const common = { DASHLY_API_URL: dashly.url, RECOVERY_TIMEOUT_MS: '0' };
    for (const way of [{}, { HTTPS_PROXY: proxy.url }]) {
      const strict = await startCommand({ ...common, ...way });
      const trusting = await startCommand({ ...common, ...way, NODE_EXTRA_CA_CERTS });
      const headers = { authorization: 'Token sandbox' };
      expect(await reply(`${strict.origin}/graphql`, headers)).toEqual(notSent('UNREACHABLE'));
      expect(await reply(`${trusting.origin}/graphql`, headers)).toEqual(sent);
    }
    expect(dashly.requests).toHaveLength(2);
    expect(proxy.targets().length).toBeGreaterThan(1);
  });
});

describe('a tunnel that fails', () => {
  const answerWith = (text: string) => (socket: Socket) => void socket.once('data', () => socket.write(text));

  test.each<[what: string, onConnection: (socket: Socket) => void, reason: string]>([
    ['the end at once', (socket) => void socket.end(), 'UNREACHABLE'],
    ['a reset', (socket) => void socket.once('data', () => socket.resetAndDestroy()), 'UNREACHABLE'],
    ['the end after CONNECT', (socket) => void socket.once('data', () => socket.end()), 'UNREACHABLE'],
    ['502', answerWith('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 1\r\n\r\nx'), 'UNREACHABLE'],
    ['204', answerWith('HTTP/1.1 204 No Content\r\n\r\n'), 'UNREACHABLE'],
    ['a half answer', answerWith('HTTP/1.1 20'), 'TIMEOUT'],
    ['no answer', () => {}, 'TIMEOUT'],
    ['garbage', answerWith('garbage\r\n\r\n'), 'UNREACHABLE'],
    [
      'a tunnel that answers with something other than TLS',
      answerWith('HTTP/1.1 200 OK\r\n\r\nHello'),
      'TIMEOUT',
    ],
    ['a tunnel to nowhere', answerWith('HTTP/1.1 200 OK\r\n\r\n'), 'TIMEOUT'],
    [
      'a tunnel that ends',
      (socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n')),
      'UNREACHABLE',
    ],
  ])('with %s is reported as not delivered', async (_what, onConnection, reason) => {
    const dashly = await startDashly();
    let received = '';
    const proxy = await startTcpUpstream((socket) => {
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
      });
      onConnection(socket);
    });
    const gateway = await startGateway({
      DASHLY_API_URL: dashly.url,
      HTTPS_PROXY: proxy,
      DASHLY_TIMEOUT_MS: '1000',
    });
    expect(await reply(gateway.url)).toEqual(notSent(reason));
    expect(received).not.toMatch(/POST|Token|conversations/);
    expect(dashly.requests).toEqual([]);
    expect(gateway.errors).toEqual([]);
  });

  test('with no proxy at all is reported as not delivered', async () => {
    const dashly = await startDashly();
    const gateway = await startGateway({ DASHLY_API_URL: dashly.url, HTTPS_PROXY: 'http://127.0.0.1:1' });
    expect(await reply(gateway.url)).toEqual(notSent('UNREACHABLE'));
    expect(dashly.requests).toEqual([]);
  });
});
