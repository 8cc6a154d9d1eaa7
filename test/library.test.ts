/** The library: the gateway as a request handler of another server. */

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createGateway, type GatewayOptions, type MountedGateway } from '../src/library.ts';
import { ask, askJson } from './support/gateway/ask.ts';
import { sized } from './support/sized-documents.ts';
import { until } from './support/until.ts';
import { answerReply, startUpstream } from './support/upstream/start-upstream.ts';

/** A server that passes the requests that it does not handle to the gateway. */
async function mount({ handler }: MountedGateway, before: RequestListener = () => {}): Promise<string> {
  const server = createServer(async (request, response) => {
    await before(request, response);
    if (request.url === '/own') response.end('own');
    else handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function create(options: GatewayOptions): Promise<MountedGateway> {
  const gateway = await createGateway({ logError: (message) => expect.unreachable(message), ...options });
  onTestFinished(() => gateway.stop());
  return gateway;
}

/** The lines of the error. */
async function faultsOf(options: object): Promise<string[]> {
  const error = await createGateway(options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message.split('\n');
}

const query = 'mutation { replyToConversation(input: { conversationId: "1", body: "Hi" }) { __typename } }';
const sent = '{"data":{"replyToConversation":{"__typename":"ReplyToConversationPayload"}}}';

test('handles its paths next to those of the server', async () => {
  const origin = await mount(await create({ dashlyApiUrl: 'sandbox' }));
  for (const _time of [1, 2]) {
    expect(await askJson(`${origin}/graphql`, { query })).toMatchObject({ status: 200, text: sent });
    expect(await ask(`${origin}/own`)).toMatchObject({ status: 200, text: 'own' });
    expect(await ask(`${origin}/health`)).toMatchObject({ status: 200 });
    expect(await ask(`${origin}/ready`)).toMatchObject({ status: 200 });
    expect(await ask(`${origin}/other`)).toMatchObject({ status: 404 });
  }
});

test('reads nothing from the environment', async () => {
  const environment = {
    DASHLY_API_URL: 'nonsense',
    NODE_ENV: 'development',
    UPLOAD_MAX_BYTES: '-1',
    HOST: '',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const origin = await mount(await create({ dashlyApiUrl: 'sandbox' }));
  expect((await ask(`${origin}/graphql`, { headers: { accept: 'text/html' } })).text).not.toContain(
    'GraphiQL',
  );
  expect((await faultsOf({}))[0]).toMatch(/^dashlyApiUrl must be set in production: .*sandbox/);
});

describe('options', () => {
  test.each<[options: GatewayOptions, asked: object, answer: RegExp]>([
    [{ corsOrigins: ['https://a.example', 'https://b.example'] }, { query }, /^https:\/\/b\.example /],
    [{ introspection: true }, { query: '{ __schema { __typename } }' }, /"__Schema"/],
    [{ introspection: false }, { query: '{ __schema { __typename } }' }, /introspection/i],
    [{ nodeEnv: 'development' }, { query: '{ __schema { __typename } }' }, /"__Schema"/],
    [{ maxRepliesPerOperation: 2 }, { query: sized.replies(2) }, /"r1":/],
    [{ maxRepliesPerOperation: 2 }, { query: sized.replies(3) }, /"errors"/],
    [
      { uploadMaxBytes: 777 },
      { query: '{ replyLimits { attachmentMaxBytes } }' },
      /"attachmentMaxBytes":777/,
    ],
    [
      { trustedDocuments: new URL('../schema/trusted-documents.json', import.meta.url) },
      { query: '{ __typename }' },
      /"errors"/,
    ],
    [
      { trustedDocuments: fileURLToPath(new URL('../schema/trusted-documents.json', import.meta.url)) },
      { query: '{ __typename }' },
      /"errors"/,
    ],
    [{ rateLimitPerMinute: 1, rateLimitAppliesTo: ['dashly-token'] }, { query: sized.replies(2) }, /TooMany/],
    [{ dashlyToken: 'sandbox', apiKeyHashes: ['0'.repeat(64)] }, { query }, /UNAUTHENTICATED/],
    [{ dashlyToken: undefined, jwtSecret: '', corsOrigins: [] }, { query }, /ReplyToConversationPayload/],
  ])('%j work like the variables', async (options, asked, answer) => {
    const origin = await mount(await create({ dashlyApiUrl: 'sandbox', ...options }));
    const headers = { origin: 'https://b.example' };
    for (const _time of [1, 2].slice(options.rateLimitPerMinute ?? 0)) {
      const { text, headers: answered } = await askJson(`${origin}/graphql`, asked, headers);
      expect(`${answered['access-control-allow-origin']} ${text}`).toMatch(answer);
    }
  });

  test('can be URL objects', async () => {
    const upstream = await startUpstream();
    const origin = await mount(await create({ dashlyApiUrl: new URL(`${upstream.url}/v2`) }));
    expect((await askJson(`${origin}/graphql`, { query })).text).toBe(sent);
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/v2\/conversations\/1\/reply/),
    ]);
  });

  test.each<[options: object, faults: RegExp[]]>([
    [{ dashlyApiUrl: 'ftp://x' }, [/^dashlyApiUrl must be a URL such as https:/]],
    [
      {
        dashlyApiUrl: 'x',
        maxRepliesPerOperation: 51,
        uploadMaxBytes: 1.5,
        corsOrigins: ['https://x.example/'],
      },
      [
        /^dashlyApiUrl must be a URL/,
        /^maxReplies.* between 1 and 50, but is 51\.$/,
        /^uploadMaxBytes .*, but is 1\.5\.$/,
        /^corsOrigins .*, but is \["https:\/\/x\.example\/"\]\.$/,
      ],
    ],
    [{ dashlyApiUrl: 'sandbox', jwtSecret: 's'.repeat(32) }, [/^jwtSecret requires dashlyToken: /]],
    [
      { dashlyApiUrl: 'sandbox', dashlyToken: 'x' },
      [
        /^dashlyToken would .* jwtJwksUrl, jwtPublicKey or jwtSecret \(with jwtIssuer and jwtAudience\), or apiKeyHashes, /,
      ],
    ],
    [
      { dashlyApiUrl: 'sandbox', dashlyToken: 'x', jwtSecret: 's'.repeat(32) },
      [
        /^jwtIssuer must be set together with jwtSecret\.$/,
        /^jwtAudience must be set together with jwtSecret\.$/,
      ],
    ],
    [
      { dashlyApiUrl: 'sandbox', DASHLY_TOKEN: 'x', dashlyTokn: 'x', port: 1, uploadMaxBytes: 0 },
      [/^DASHLY_TOKEN is not/, /^dashlyTokn is not/, /^port is not an option\.$/, /^uploadMaxBytes /],
    ],
    ...[null, {}, () => 'sandbox', ['a', 1], Symbol('s'), 1n].map((dashlyApiUrl): [object, RegExp[]] => [
      { dashlyApiUrl },
      [/^dashlyApiUrl must be a URL .*, but is \S+( \S+)?\.$/],
    ]),
    [
      {
        dashlyApiUrl: 'sandbox',
        corsOrigins: [1],
        graphiql: 1,
        uploadMaxBytes: true,
        jwtIssuer: {},
        logLevel: [],
      },
      [/^jwtIssuer must be a string/, /^uploadMaxBytes must/, /^corsOrigins must/, /^graphiql must/],
    ],
    [
      {
        dashlyApiUrl: 'sandbox',
        rateLimitPerMinute: '60',
        metricsPort: '0',
        graphiql: 'true',
        corsOrigins: 'https://a.example',
        logError: 'console',
        uploadMaxBytes: 0,
      },
      [
        /^logError must be a function, but is 'console'\.$/,
        /^uploadMaxBytes must be an integer/,
        /^rateLimitPerMinute must be a number, but is "60"\.$/,
        /^corsOrigins must be an array, but is "https:\/\/a\.example"\.$/,
        /^graphiql must be a boolean, but is "true"\.$/,
        /^metricsPort must be a number, but is "0"\.$/,
      ],
    ],
    ...[undefined, null, 'https://api.dashly.app/v2', ['x'], 7].map((options): [never, RegExp[]] => [
      options as never,
      [/^createGateway needs an object of options, but got .+\.$/],
    ]),
    // The default of PORT is not the port of the server.
    [{ dashlyApiUrl: 'ftp://x', metricsPort: 4000 }, [/^dashlyApiUrl must be a URL/]],
    // Files are for the command.
    [{ dashlyApiUrl: 'sandbox', dashlyTokenFile: '/x' }, [/^dashlyTokenFile is not an option\.$/]],
  ])('%o are rejected with one line per wrong option', async (options, patterns) => {
    expect(await faultsOf(options)).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
  });

  test('that are secrets are not shown in the error', async () => {
    expect((await faultsOf({ dashlyToken: 'the secret', jwtSecret: 'a-secret' })).join()).not.toMatch(
      /the secret|a-secret/,
    );
  });

  test('exist for every variable except those of the command', async () => {
    const process = [
      'PORT',
      'HOST',
      'MAX_CONNECTIONS',
      'KEEP_ALIVE_TIMEOUT_MS',
      'SHUTDOWN_DELAY_MS',
      'SHUTDOWN_TIMEOUT_MS',
    ];
    const names = Object.keys(readConfig({}).config ?? {});
    expect(names).toEqual(expect.arrayContaining(process));
    for (const name of names) {
      const option = name.toLowerCase().replace(/_./g, (letter) => letter.charAt(1).toUpperCase());
      const faults = await faultsOf({ [option]: undefined });
      expect([name, faults.includes(`${option} is not an option.`)]).toEqual([name, process.includes(name)]);
    }
  });

  test('include a function that receives unexpected errors', async () => {
    const logError = vi.fn();
    const gateway = await create({ dashlyApiUrl: 'sandbox', redisUrl: 'redis://127.0.0.1:1', logError });
    const key = query.replace('body:', 'idempotencyKey: "k", body:');
    expect((await askJson(`${await mount(gateway)}/graphql`, { query: key })).text).toContain(
      'GatewayUnavailableError',
    );
    expect(logError).toHaveBeenCalledWith(
      expect.stringMatching(/^The Redis of REDIS_URL is unreachable/),
      expect.any(Error),
    );
  });
});

describe('stopping', () => {
  test('a draining gateway is not ready, but handles requests', async () => {
    const gateway = await create({ dashlyApiUrl: 'sandbox' });
    const origin = await mount(gateway);
    gateway.drain();
    for (const _time of [1, 2]) {
      expect((await ask(`${origin}/ready`)).status).toBe(503);
      expect((await ask(`${origin}/health`)).status).toBe(200);
      expect((await askJson(`${origin}/graphql`, { query })).text).toBe(sent);
    }
  });

  test('waits for requests with incomplete bodies, and rejects new requests', async () => {
    const upstream = await startUpstream();
    const gateway = await create({ dashlyApiUrl: upstream.url });
    const origin = await mount(gateway);
    const body = JSON.stringify({ query });
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    const headers = `Host: x\r\nContent-Type: application/json\r\nAuthorization: Token t\r\nContent-Length: ${body.length}`;
    socket.write(`POST /graphql HTTP/1.1\r\n${headers}\r\n\r\n${body.slice(0, 5)}`);
    expect((await ask(`${origin}/health`)).status).toBe(200);
    let isStopped = false;
    const stopped = [gateway.stop(), gateway.stop()].map((promise) =>
      promise.then(() => {
        isStopped = true;
      }),
    );
    const refused = await askJson(`${origin}/graphql`, { query });
    expect([refused.status, refused.headers.connection, JSON.parse(refused.text)]).toEqual([
      503,
      'close',
      { errors: [{ message: 'The gateway is stopping.', extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    ]);
    expect([isStopped, upstream.requests]).toEqual([false, []]);
    socket.write(body.slice(5));
    await Promise.all(stopped);
    await until(() => expect(answer).toContain(sent));
    expect(upstream.requests).toHaveLength(1);
  });

  test('waits for a reply whose client has disconnected', async () => {
    const arrived = Promise.withResolvers<() => void>();
    const upstream = await startUpstream((response, request) =>
      arrived.resolve(() => answerReply()(response, request)),
    );
    const gateway = await create({ dashlyApiUrl: upstream.url });
    const caller = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: 'Token t' };
    const { signal } = caller;
    const origin = await mount(gateway);
    const asked = fetch(`${origin}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
      signal,
    }).catch(() => 'gone');
    const answer = await arrived.promise;
    caller.abort();
    expect(await asked).toBe('gone');
    const onStop = vi.fn();
    const stopped = gateway.stop().then(onStop);
    expect((await ask(`${origin}/own`)).text).toBe('own');
    expect(onStop).not.toHaveBeenCalled();
    answer();
    await stopped;
  });

  test('does not wait for a client that disconnected before the request reached the gateway', async () => {
    const gateway = await create({ dashlyApiUrl: 'sandbox' });
    const heard = Promise.withResolvers<void>();
    const origin = await mount(gateway, async (_request, response) => {
      response.destroy();
      await once(response, 'close');
      setImmediate(heard.resolve);
    });
    await expect(ask(`${origin}/health`)).rejects.toThrow();
    await heard.promise;
    await gateway.stop();
  });
});
