/** A client that waits for `100 Continue` gets it after authentication; a rejected request gets the error instead. */

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  audience,
  bearer,
  bySecret,
  gatewayToken,
  issuer,
  makeKeys,
  sign,
} from '../../support/gateway/issuer.ts';
import { RawClient } from '../../support/gateway/raw-client.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { makeTemporaryFolder } from '../../support/make-temporary-folder.ts';
import { boundary, head, upload } from '../../support/multipart-body.ts';
import { until } from '../../support/until.ts';
import { answerJson, startUpstream } from '../../support/upstream/start-upstream.ts';

const goOn = 'HTTP/1.1 100 Continue\r\n\r\n';
const expectation = { expect: '100-continue' };
const json = { 'content-type': 'application/json' };
const jsonBody = Buffer.from(
  '{"query":"mutation { replyToConversation(input: { conversationId: 1 }) { __typename } }"}',
);
const form = upload('x'.repeat(100_000));

async function start(environment: Record<string, string> = {}) {
  const upstream = await startUpstream();
  return { upstream, gateway: await startGateway({ DASHLY_API_URL: upstream.url, ...environment }) };
}

async function expectGoOn(client: RawClient): Promise<void> {
  await until(() => expect(client.rest).toBe(goOn));
}

describe('a body', () => {
  test.each<[name: string, headers: Record<string, string>, body: Buffer]>([
    ['of JSON', json, jsonBody],
    ['with a file', {}, form],
    ['with a file, expected in another letter case', { expect: '100-Continue' }, form],
  ])('%s is requested, and its connection serves the next request', async (_name, headers, body) => {
    const { gateway, upstream } = await start();
    const client = new RawClient(gateway.origin);
    for (const times of [1, 2, 3]) {
      await client.write(head(body.length, { ...expectation, ...headers }));
      await expectGoOn(client);
      await client.write(body);
      const { status, text } = await client.answer();
      expect([status, text]).toEqual([200, expect.stringContaining('ReplyToConversationPayload')]);
      expect(upstream.requests).toHaveLength(times);
    }
    expect(await client.expectUsableOrClosed()).toBe('usable');
  });

  test('that is sent without waiting is accepted, too', async () => {
    const { gateway, upstream } = await start();
    const client = new RawClient(gateway.origin);
    for (const times of [1, 2]) {
      await client.write(head(jsonBody.length, { ...expectation, ...json }), jsonBody);
      expect((await client.answer()).status).toBe(200);
      expect(upstream.requests).toHaveLength(times);
    }
  });

  test('in chunks is requested', async () => {
    const { gateway } = await start();
    const client = new RawClient(gateway.origin);
    await client.write(head('chunked', { ...expectation, ...json }));
    await expectGoOn(client);
    await client.write(`${jsonBody.length.toString(16)}\r\n`, jsonBody, '\r\n0\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
  });

  test('is requested only after the token is verified', async () => {
    const { privateKey, publicKey } = makeKeys('Ed25519');
    const keys = [await exportJWK(publicKey)];
    const held = Promise.withResolvers<void>();
    const keySet = await startUpstream(
      (...exchange) => void held.promise.then(() => answerJson({ keys })(...exchange)),
    );
    const { gateway } = await start({
      DASHLY_TOKEN: gatewayToken,
      JWT_JWKS_URL: keySet.url,
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: audience,
    });
    const token = await sign({ dashly_user_id: '42' }, { key: privateKey, header: { alg: 'EdDSA' } });
    const client = new RawClient(gateway.origin);
    await client.write(head(form.length, { ...expectation, authorization: `Bearer ${token}` }));
    await until(() => expect(keySet.requests).toHaveLength(1));
    await client.expectIdle();
    held.resolve();
    await expectGoOn(client);
    await client.write(form);
    expect((await client.answer()).status).toBe(200);
  });
});

describe('a rejection does not request the body, and ends the connection', () => {
  test.each<[status: number, name: string, headers: Record<string, string | null>]>([
    [401, 'no credentials', { authorization: null }],
    [401, 'other credentials', { authorization: 'Token sandbox' }],
    [401, 'no credentials, for JSON', { authorization: null, ...json }],
    [406, 'an unacceptable media type', { accept: 'image/png' }],
    [415, 'plain text', { 'content-type': 'text/plain' }],
    [415, 'a compressed body', { ...json, 'content-encoding': 'gzip' }],
    [403, 'no header against CSRF', { 'apollo-require-preflight': null }],
  ])('%i: %s', async (status, _name, headers) => {
    const { gateway, upstream } = await start(bySecret);
    const proof = await bearer({ dashly_user_id: '42' });
    for (const length of [form.length, 'chunked'] as const) {
      const client = new RawClient(gateway.origin);
      await client.write(head(length, { ...proof, ...expectation, ...headers }));
      await client.closed();
      expect(client.rest).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(client.rest).toMatch(/^connection: close\r$/im);
      const [, body = ''] = client.rest.split('\r\n\r\n');
      expect(JSON.parse(body)).toEqual({
        errors: [{ message: expect.any(String), extensions: { code: expect.any(String) } }],
      });
    }
    expect(upstream.requests).toEqual([]);
  });

  test('429: too many uploads of one caller', async () => {
    const { gateway } = await start(bySecret);
    const headers = { ...expectation, ...(await bearer({ dashly_user_id: '42' })) };
    const held = Array.from({ length: 8 }, () => new RawClient(gateway.origin));
    for (const client of held) {
      await client.write(head(form.length, headers));
      await expectGoOn(client);
    }
    const client = new RawClient(gateway.origin);
    await client.write(head(form.length, headers));
    await client.closed();
    expect(client.rest).toMatch(/^HTTP\/1\.1 429 /);
  });

  test('417: another expectation', async () => {
    const { gateway, upstream } = await start();
    const client = new RawClient(gateway.origin);
    await client.write(head(jsonBody.length, { ...json, expect: 'a miracle' }), jsonBody);
    expect((await client.answer()).status).toBe(417);
    expect(upstream.requests).toEqual([]);
  });
});

test('a client of HTTP/1.0, which does not support 100, gets the response only', async () => {
  const { gateway } = await start();
  const client = new RawClient(gateway.origin);
  const top = head(jsonBody.length, { ...expectation, ...json })
    .toString()
    .replace('HTTP/1.1', 'HTTP/1.0');
  await client.write(top, jsonBody);
  await client.closed();
  expect(client.rest).toMatch(/^HTTP\/1\.1 200 /);
});

describe('curl', () => {
  const run = promisify(execFile);

  /** Waits far longer for the 100 than for the response. */
  async function curl(url: string, headers: readonly string[], args: readonly string[]) {
    const wait = ['-sS', '-i', '--expect100-timeout', '60', '--max-time', '30', '-H', 'Expect: 100-continue'];
    const wanted = ['-w', '\n%{http_code} %{size_upload}', ...headers.flatMap((it) => ['-H', it]), ...args];
    const { stdout } = await run('curl', [...wait, ...wanted, url]);
    const [, status, sent] = /(\d+) (\d+)$/.exec(stdout) ?? [];
    return { status: Number(status), sent: Number(sent), isAskedFor: stdout.startsWith(goOn) };
  }

  test.each<[name: string, headers: readonly string[]]>([
    ['JSON', ['Content-Type: application/json']],
    ['a file', [`Content-Type: multipart/form-data; boundary=${boundary}`, 'Apollo-Require-Preflight: 1']],
  ])('sends %s after 100 Continue, and nothing of it if it is rejected', async (name, headers) => {
    const body = name === 'JSON' ? jsonBody : form;
    const path = join(makeTemporaryFolder(), 'body');
    await writeFile(path, body);
    const { gateway, upstream } = await start(bySecret);
    const { authorization } = await bearer({ dashly_user_id: '42' });
    const args = ['--data-binary', `@${path}`];
    for (const times of [1, 2]) {
      expect(await curl(gateway.url, [...headers, `Authorization: ${authorization}`], args)).toEqual({
        status: 200,
        sent: body.length,
        isAskedFor: true,
      });
      expect(await curl(gateway.url, [...headers, 'Authorization: Bearer x'], args)).toEqual({
        status: 401,
        sent: 0,
        isAskedFor: false,
      });
      expect(upstream.requests).toHaveLength(times);
    }
  });
});
