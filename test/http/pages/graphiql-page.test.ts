/** The endpoint serves GraphiQL to browsers: a small page with example operations, and cacheable files. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer as readBuffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parse, validate } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { createGraphiQLPage } from '../../../src/http/pages/graphiql-page.ts';
import { ask, askJson } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { startUpstream } from '../../support/upstream/start-upstream.ts';

const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const builtFolder = new URL('../../../dist/graphiql/assets/', import.meta.url);

interface Configuration {
  readonly tabs: readonly { readonly query: string; readonly variables: string }[];
  readonly headers: string;
  readonly sandboxUrl: string | null;
  readonly attachmentMaxBytes: number;
}

interface OpenedPage {
  readonly text: string;
  readonly configuration: Configuration;
  /** The URLs that the page loads. */
  readonly files: readonly string[];
}

async function openGraphiql(url: string): Promise<OpenedPage> {
  const { status, headers, text } = await ask(url, { headers: { accept: chrome } });
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/html/);
  const [, json = ''] = /<script type="application\/json" id="configuration">(.*)<\/script>/.exec(text) ?? [];
  const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => new URL(path, url).href);
  return { text, configuration: JSON.parse(json), files };
}

/** Resolves to the origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const readOperation = (file: string) =>
  readFileSync(new URL(`../../../schema/operations/${file}`, import.meta.url), 'utf8').trimEnd();

/** Whether a document is the operation, followed by the fragments that it spreads and no others. */
function isComplete(query: string, operation: string): boolean {
  return query.startsWith(`${operation}\n\n`) && validate(schema, parse(query)).length === 0;
}

describe('the page', () => {
  const replies = ['reply-as-admin', 'reply-as-visitor', 'note', 'quick-replies', 'attachment'];
  const kinds = [...replies, 'conversation-parts'];

  test.each(['', '/'])(
    'is at /graphql%s, with a tab for each kind of reply and one for reading',
    async (slash) => {
      const { url, origin } = await startGateway();
      const { configuration, files } = await openGraphiql(url + slash);
      expect(configuration).toEqual({
        tabs: kinds.map((kind) => ({
          query: expect.toSatisfy((query: string) => isComplete(query, readOperation(`${kind}.graphql`))),
          variables: readOperation(`${kind}.json`),
        })),
        headers: '{\n  "Authorization": "Token sandbox"\n}',
        sandboxUrl: slash ? '../sandbox' : './sandbox',
        attachmentMaxBytes: 10_485_760,
      });
      expect(files.length).toBeGreaterThan(3);
      for (const file of files) {
        expect(file.startsWith(`${origin}/graphql/assets/`)).toBe(true);
        expect((await ask(file)).status).toBe(200);
      }
    },
  );

  test('opens with operations that run repeatedly', async () => {
    const { url } = await startGateway();
    const { tabs, headers } = (await openGraphiql(url)).configuration;
    for (const [index, { query, variables }] of tabs.entries()) {
      if (kinds[index] === 'attachment') continue;
      const data = replies.includes(kinds[index] ?? '')
        ? { replyToConversation: { __typename: 'ReplyToConversationPayload' } }
        : { conversation: { parts: { nodes: Array(10).fill({ __typename: 'ConversationPart' }) } } };
      for (const _time of [1, 2]) {
        const params = { query, variables: JSON.parse(variables) };
        const { text } = await askJson(url, params, JSON.parse(headers));
        expect(JSON.parse(text)).toMatchObject({ data });
      }
    }
  });

  test('uses type names with TYPE_PREFIX', async () => {
    const { url } = await startGateway({ TYPE_PREFIX: 'Dashly' });
    const { tabs, headers } = (await openGraphiql(url)).configuration;
    const [{ query = '', variables = '' } = {}] = tabs;
    expect(query).toContain('fragment ReplyFailure on DashlyReplyError');
    const { text } = await askJson(url, { query, variables: JSON.parse(variables) }, JSON.parse(headers));
    expect(text).toContain('"DashlyReplyToConversationPayload"');
  });

  test('for a real Dashly has no token and no link to the sandbox', async () => {
    const upstream = await startUpstream();
    const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
    const { text, configuration } = await openGraphiql(url);
    expect(text).not.toContain('Token sandbox');
    expect(JSON.parse(configuration.headers)).toEqual({ Authorization: 'Token ' });
    expect(configuration.sandboxUrl).toBeNull();
  });

  test('needs no authentication and contains no token or key', async () => {
    const secret = 'a secret of thirty-two bytes, or more';
    const jwt = { JWT_SECRET: secret, JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'dashly' };
    const { url } = await startGateway({ DASHLY_TOKEN: 'S3cr3t', ...jwt });
    const { text, configuration, files } = await openGraphiql(url);
    expect(JSON.parse(configuration.headers)).toEqual({ Authorization: 'Bearer ' });
    for (const hidden of ['S3cr3t', secret]) expect(text.includes(hidden)).toBe(false);
    expect((await ask(files[0] ?? '')).status).toBe(200);
    const unproven = await askJson(url, { query: '{ __typename }' }, JSON.parse(configuration.headers));
    expect(unproven.status).toBe(401);
  });

  test('escapes its configuration', async () => {
    const options = { tabs: [], headers: { a: '</script><script>' }, isLive: false, attachmentMaxBytes: 1 };
    const send = async () => {};
    const assets = { script: 'a.js', modules: [], styles: [], icon: 'a.svg', send };
    const origin = await serve(createGraphiQLPage(options, assets));
    const { text } = await ask(`${origin}/graphql`);
    expect(text.match(/<\/?script/g)).toHaveLength(4);
    expect(text).toContain('\\u003c/script>');
  });

  test('explains how to build GraphiQL if it is not built', async () => {
    const options = { tabs: [], headers: {}, isLive: false, attachmentMaxBytes: 1 };
    const answer = await ask(`${await serve(createGraphiQLPage(options, null))}/graphql`);
    expect(answer).toMatchObject({ status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    const [, script = ''] = /"npm run (\S+)"/.exec(answer.text) ?? [];
    const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(scripts).toHaveProperty([script]);
  });

  test('is sent only to clients that accept HTML', async () => {
    const { url } = await startGateway();
    for (const accept of ['application/json', '*/*', 'application/graphql-response+json']) {
      expect((await ask(url, { headers: { accept } })).headers['content-type']).toMatch(/^application\//);
    }
    const queried = await ask(`${url}?query=%7B__typename%7D`, { headers: { accept: 'application/json' } });
    expect(queried.text).toBe('{"data":{"__typename":"Query"}}');
  });

  test('is revalidated each time, and sent again only if it has changed', async () => {
    const { url } = await startGateway({ CORS_ORIGINS: 'https://shop.example' });
    const first = await ask(url, { headers: { accept: chrome } });
    expect(first.headers['cache-control']).toBe('no-cache');
    expect(first.headers.vary?.toLowerCase().split(', ').sort()).toEqual(['accept', 'origin']);
    const { etag = '' } = first.headers;
    for (const known of [etag, `"other", ${etag}`]) {
      const again = await ask(url, { headers: { accept: chrome, 'if-none-match': known } });
      expect(again).toMatchObject({ status: 304, text: '', headers: { etag } });
    }
    for (const [address, known] of [
      [url, '"other"'],
      [`${url}/`, etag],
    ] as const) {
      expect((await ask(address, { headers: { accept: chrome, 'if-none-match': known } })).status).toBe(200);
    }
  });

  test.each<[environment: Record<string, string>]>([
    [{}],
    [{ GRAPHIQL: 'true', NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' }],
    [{ DASHLY_TOKEN: 'sandbox', API_KEY_HASHES: createHash('sha256').update('key').digest('hex') }],
  ])('has security headers and no inline script, with %j', async (environment) => {
    const { url } = await startGateway(environment);
    for (const _time of [1, 2]) {
      const { status, headers, text } = await ask(url, { headers: { accept: chrome } });
      expect([status, headers]).toMatchObject([
        200,
        {
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
        },
      ]);
      const policy = String(headers['content-security-policy']);
      const directives = Object.fromEntries(policy.split('; ').map((directive) => directive.split(/ (.*)/)));
      expect(directives).toMatchObject({
        'default-src': "'none'",
        'script-src': "'self'",
        'worker-src': "'self'",
        'connect-src': "'self'",
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'none'",
        'require-trusted-types-for': "'script'",
      });
      expect(policy).not.toMatch(/script-src[^;]*unsafe|unsafe-eval|\*|https?:|blob:/);
      const scripts = [...text.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)];
      expect(scripts.map(([, attributes = '', code]) => [attributes.split(' ')[1], code !== ''])).toEqual([
        ['type="module"', false],
        ['type="application/json"', true],
      ]);
      expect(text).not.toMatch(/\son\w+=|<style|style=/);
    }
  });

  test('works below any path prefix of a proxy', async () => {
    const { origin } = await startGateway();
    const proxy = await serve(async ({ url = '', headers: { accept = '' } }, res) => {
      const answer = await fetch(origin + url.replace('/behind/a/proxy', ''), { headers: { accept } });
      res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      res.end(await answer.text());
    });
    for (const slash of ['', '/']) {
      const { files } = await openGraphiql(`${proxy}/behind/a/proxy/graphql${slash}`);
      for (const file of files) expect([file, (await ask(file)).status]).toEqual([file, 200]);
    }
  });
});

describe('its files', () => {
  const names = readdirSync(builtFolder);
  const styles = names.find((name) => /^main-.*\.css$/.test(name)) ?? '';
  const bytesOf = (name: string) => readFileSync(new URL(name, builtFolder));

  /** Like `ask`, but returns the raw bytes and sends the path unchanged. */
  function load(
    origin: string,
    path: string,
    { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; headers: IncomingHttpHeaders; bytes: Buffer }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(origin, { path, method, headers }, async (response) => {
        const bytes = await readBuffer(response);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes });
      });
      outgoing.on('error', reject).end();
    });
  }

  test('have a hash in their names, and none is a source map', () => {
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !/-[\w-]{8}\.(?:js|css|svg|ttf|woff2)$/.test(name))).toEqual([]);
  });

  test('are sent complete, with their media type, and cached permanently', async () => {
    const { origin } = await startGateway();
    const types = new Set<string | undefined>();
    for (const name of names) {
      const { status, headers, bytes } = await load(origin, `/graphql/assets/${name}`);
      expect([name, status, bytes.equals(bytesOf(name))]).toEqual([name, 200, true]);
      expect(headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'content-length': String(bytes.length),
      });
      types.add(headers['content-type']);
    }
    expect(types).toEqual(
      new Set([
        'text/javascript; charset=utf-8',
        'text/css; charset=utf-8',
        'image/svg+xml',
        'font/ttf',
        'font/woff2',
      ]),
    );
  });

  test.each<[accepted: string | null, encoding: string | undefined]>([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['GZIP;q=0.5, br;q=0', 'gzip'],
    ['br;q=0.0, gzip;q=0', undefined],
    ['deflate', undefined],
    ['', undefined],
    [null, undefined],
  ])('are compressed for Accept-Encoding %j: %s', async (accepted, encoding) => {
    const { origin } = await startGateway();
    for (const method of ['GET', 'GET', 'HEAD']) {
      const headers = accepted === null ? {} : { 'accept-encoding': accepted };
      const answer = await load(origin, `/graphql/assets/${styles}`, { method, headers });
      expect(answer.headers['content-encoding']).toBe(encoding);
      expect(answer.headers.vary).toBe('accept-encoding');
      expect(Number(answer.headers['content-length'])).toBeLessThanOrEqual(bytesOf(styles).length);
      if (method === 'HEAD') expect(answer.bytes.length).toBe(0);
      else {
        const plain =
          encoding === 'br'
            ? brotliDecompressSync(answer.bytes)
            : encoding === 'gzip'
              ? gunzipSync(answer.bytes)
              : answer.bytes;
        expect(plain.equals(bytesOf(styles))).toBe(true);
      }
    }
  });

  test.each([
    'nothing.js',
    '',
    '../manifest.json',
    '..%2fmanifest.json',
    '%2e%2e/manifest.json',
    '....//manifest.json',
    '%2fetc%2fpasswd',
    'constructor',
    '../../../package.json',
  ])('are the only ones: /assets/%s is not found', async (name) => {
    const { origin } = await startGateway();
    const { status, bytes } = await load(origin, `/graphql/assets/${name}`);
    expect([status, JSON.parse(bytes.toString()).errors[0].extensions.code]).toEqual([404, 'NOT_FOUND']);
  });

  test('accept only GET and HEAD', async () => {
    const { url } = await startGateway();
    const answer = await ask(`${url}/assets/${styles}`, { method: 'POST' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('are served only with the page', async () => {
    const { url } = await startGateway({ GRAPHIQL: 'false' });
    expect((await ask(`${url}/assets/${styles}`)).status).toBe(404);
  });
});
