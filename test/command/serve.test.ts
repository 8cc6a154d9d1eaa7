/** The command: starts, reports its address, and stops without losing a reply. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { converse, postBytes } from '../support/gateway/converse.ts';
import { RawClient } from '../support/gateway/raw-client.ts';
import { reply } from '../support/gateway/reply.ts';
import type { TestGateway } from '../support/gateway/start-gateway.ts';
import { head, upload } from '../support/multipart-body.ts';
import { reportLoads } from '../support/process/report-loads.ts';
import { type WatchedChild, watchChild } from '../support/process/watch-child.ts';
import { isRedisMissing, startRedis } from '../support/redis/start-redis.ts';
import { until } from '../support/until.ts';
import { answerReply, startUpstream } from '../support/upstream/start-upstream.ts';

// Starting a process is slow on an overloaded machine.
vi.setConfig({ maxConcurrency: 8 });

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const settings = ['PORT', 'HOST', 'DASHLY_API_URL', 'DASHLY_TIMEOUT_MS', 'UPLOAD_MAX_BYTES'];

const children = new Set<ChildProcess>();
const sockets = new Set<Socket>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const socket of sockets) socket.destroy();
});

interface Command extends WatchedChild {
  readonly child: ChildProcess;
}

function run(environment: Record<string, string>): Command {
  const inherited = Object.entries(process.env).filter(([name]) => !settings.includes(name));
  const child = spawn(process.execPath, [main], {
    env: { ...Object.fromEntries(inherited), ...environment },
  });
  children.add(child);
  return { child, ...watchChild(child) };
}

const onlyStarts = expect.stringMatching(/^\{[^\n]*"msg":"The gateway starts\."\}\n$/);

interface Started extends Command, Pick<TestGateway, 'origin' | 'url'> {
  readonly port: number;
}

/** Resolves when the process has logged its address. */
async function start(environment: Record<string, string> = {}): Promise<Started> {
  const command = run({ PORT: '0', ...environment });
  await command.written(/"url":.*\n/);
  const url = /http:\/\/\S+\/graphql/.exec(command.output.out)?.[0] ?? '';
  const port = Number(new URL(url).port);
  return { ...command, url, port, origin: new URL(url).origin };
}

/** Resolves to the exit code and the time that stopping took, in milliseconds. */
async function stop({ child, ended }: Command, signal: NodeJS.Signals = 'SIGTERM') {
  const began = performance.now();
  child.kill(signal);
  const code = await ended;
  return { code, after: performance.now() - began };
}

/** In milliseconds: much less than SHUTDOWN_TIMEOUT_MS, and enough on an overloaded machine. */
const quick = 15_000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when the process has received a signal and refuses new connections. */
function isShut({ origin }: Started): Promise<void> {
  return until(() => expect(fetch(`${origin}/health`)).rejects.toThrow());
}

/** Starts a gateway for `arrived`. */
function startObserved(environment: Record<string, string> = {}): Promise<Started> {
  return start({ METRICS_PORT: '0', ...environment });
}

/** Resolves when these metrics of the gateway have these values. */
async function arrived(
  gateway: Started,
  values: Readonly<Record<string, number>> = { connections_in_use: 1 },
): Promise<void> {
  const url = String(gateway.lines().find((line) => 'metrics' in line)?.['metrics']);
  await until(async () => {
    const metrics = await (await fetch(url)).text();
    for (const [name, value] of Object.entries(values))
      expect(metrics).toContain(`\ndashly_gateway_${name} ${value}\n`);
  });
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  sockets.add(socket);
  return socket;
}

const replyBody = (conversationId: string) =>
  JSON.stringify({
    query: `mutation { replyToConversation(input: { conversationId: "${conversationId}", body: "Hi" }) { __typename } }`,
  });
const replyBytes = (conversationId: string, headers = '') => {
  const body = replyBody(conversationId);
  return `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Token sandbox\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
};

describe('the start', () => {
  test('logs its address, its upstream and how callers are authenticated', async () => {
    const gateway = await start();
    expect(gateway.port).toBeGreaterThan(0);
    expect(gateway.url).toBe(`http://127.0.0.1:${gateway.port}/graphql`);
    const [starts, ready] = gateway.lines();
    expect(starts).toEqual({
      level: 'info',
      time: expect.any(Number),
      msg: 'The gateway starts.',
      'service.version': version,
      'deployment.environment.name': 'test',
      'process.runtime.version': process.versions.node,
      'process.pid': gateway.child.pid,
    });
    expect(ready).toEqual({
      level: 'info',
      time: expect.any(Number),
      msg: 'The gateway accepts requests.',
      url: gateway.url,
      upstream: expect.stringMatching(/^the embedded sandbox at http:\/\/127\.0\.0\.1:\d+ /),
      callers: expect.stringContaining('Authorization: Token'),
    });
    expect(await reply(gateway, { conversationId: '1', body: 'Hi' })).toMatchObject({
      __typename: 'ReplyToConversationPayload',
    });
    expect((await fetch(`${gateway.origin}/ready`)).status).toBe(200);
    expect(await stop(gateway)).toMatchObject({ code: 0 });
    expect(gateway.output.err).toBe('');
    expect(gateway.output.out).not.toContain('"level":"error"');
  });

  const hasScript = process.platform === 'linux' || process.env['CI'] === 'true';
  test.skipIf(!hasScript)('prints a few lines for people at a terminal (needs Linux)', async () => {
    // `script` runs the command in a pseudo-terminal.
    const child = spawn('script', ['-qec', `${process.execPath} ${main}`, '/dev/null'], {
      env: { ...process.env, PORT: '0', METRICS_PORT: '0', TERM: 'xterm' },
    });
    children.add(child);
    const { output, written } = watchChild(child);
    await written(/metrics: .*\s/);
    const lines = output.out.trimEnd().split(/\r?\n/);
    expect(lines.length).toBeLessThan(15);
    const origin = /http:\/\/127\.0\.0\.1:\d+(?=\/graphql)/.exec(output.out)?.[0] ?? '';
    for (const path of ['/graphql', '/sandbox', '/schema.graphql', '/health', '/ready']) {
      expect(output.out).toContain(`${origin}${path} `);
      expect((await fetch(origin + path, { headers: { accept: 'text/html' } })).status).toBe(200);
    }
    expect(output.out).toContain('"Token sandbox"');
    expect(output.out).not.toContain('"level"');
    const metrics = /metrics: (\S+)/.exec(output.out)?.[1] ?? '';
    expect((await fetch(metrics)).status).toBe(200);
    child.kill();
  });

  test('with DASHLY_API_URL uses that upstream, and no sandbox', async () => {
    const upstream = await startUpstream();
    const gateway = await start({ DASHLY_API_URL: `${upstream.url}/v2`, HOST: 'localhost' });
    expect(gateway.output.out).toContain(`"upstream":"${upstream.url}/v2"`);
    expect(gateway.url).toContain('//localhost:');
    await reply(gateway, { conversationId: '7' });
    expect(upstream.requests[0]?.path).toBe('/v2/conversations/7/reply');
    expect(await stop(gateway)).toMatchObject({ code: 0 });
    expect(gateway.output.out).not.toMatch(/sandbox/i);
  });

  test.each<[environment: Record<string, string>, names: string[]]>([
    [{ PORT: 'x' }, ['PORT']],
    [{ PORT: '65536', DASHLY_TIMEOUT_MS: '0' }, ['PORT', 'DASHLY_TIMEOUT_MS']],
    [
      {
        PORT: '-1',
        DASHLY_API_URL: 'http://user:secret@api.dashly.app',
        DASHLY_TIMEOUT_MS: 'soon',
        UPLOAD_MAX_BYTES: '1G',
      },
      ['PORT', 'DASHLY_API_URL', 'DASHLY_TIMEOUT_MS', 'UPLOAD_MAX_BYTES'],
    ],
  ])('fails with %j', async (environment, names) => {
    const { ended, output } = run(environment);
    expect(await ended).toBe(1);
    expect(output.out).toBe('');
    expect(
      output.err
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(names);
    expect(output.err).not.toContain('secret');
  });

  test('warns of a misspelled variable', async () => {
    const gateway = await start({ DASHLY_URL: 'https://api.dashly.app' });
    expect(gateway.output.err).toBe('');
    expect(gateway.lines()).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        msg: expect.stringMatching(/^DASHLY_URL is not a variable .*\.$/),
      }),
    );
  });

  test('fails on a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { ended, output } = run({ PORT: String(port) });
    expect(await ended).toBe(1);
    expect(output).toEqual({
      out: onlyStarts,
      err: expect.stringMatching(new RegExp(`^PORT ${port} .*in use.*set PORT to another.*\\.\n$`)),
    });
  });

  test('fails on an address of another machine, and names HOST', async () => {
    const { ended, output } = run({ PORT: '0', HOST: '192.0.2.1' });
    expect(await ended).toBe(1);
    expect(output).toEqual({ out: onlyStarts, err: expect.stringMatching(/^HOST .*\.\n$/) });
  });

  test.skipIf(isRedisMissing)('fails with a database that Redis does not have', async () => {
    const redis = await startRedis();
    const { ended, output } = run({ PORT: '0', REDIS_URL: `${redis.url}/99` });
    expect(await ended).toBe(1);
    expect(output).toEqual({
      out: onlyStarts,
      err: 'REDIS_URL cannot be used: Redis answers "ERR DB index is out of range".\n',
    });
  });

  test('loads large modules only if they are configured', async () => {
    const large =
      /prom-client|opentelemetry.(?:sdk|exporter)|node_modules.jose|@redis.client|start-sandbox|gateway\.ts/;
    const NODE_OPTIONS = reportLoads(large);
    const loaded = ({ output }: Command) =>
      new Set(output.err.split('\n').flatMap((url) => large.exec(url)?.[0] ?? []));
    const plain = await start({ NODE_OPTIONS, DASHLY_API_URL: 'http://127.0.0.1:9' });
    expect(loaded(plain)).toEqual(new Set(['gateway.ts']));
    const rich = await start({
      NODE_OPTIONS,
      METRICS_PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      JWT_SECRET: 'a secret that is long enough for everybody',
      JWT_ISSUER: 'issuer',
      JWT_AUDIENCE: 'audience',
      DASHLY_TOKEN: 'own',
    });
    for (const name of ['prom-client', 'opentelemetry/sdk', 'node_modules/jose', 'start-sandbox']) {
      expect(loaded(rich)).toContain(name);
    }
  });

  test('keeps running when its standard input ends', async () => {
    const gateway = await start();
    gateway.child.stdin?.end();
    expect((await fetch(`${gateway.origin}/health`)).status).toBe(200);
  });
});

test('stopping waits for a reply whose client has disconnected', async () => {
  let isAnswered = false;
  const upstream = await startUpstream((response, asked) => {
    setTimeout(() => {
      response.on('finish', () => {
        isAnswered = true;
      });
      answerReply()(response, asked);
    }, 800);
    response.on('close', () => {
      if (!response.writableFinished) isAnswered = false;
    });
  });
  const gateway = await start({ DASHLY_API_URL: upstream.url, RECOVERY_TIMEOUT_MS: '0' });
  // Both on the first execution of a document and on a later one, which is faster.
  for (const times of [1, 2]) {
    isAnswered = false;
    const socket = await open(gateway.port);
    socket.write(replyBytes('1'));
    await until(() => expect(upstream.requests).toHaveLength(times));
    socket.destroy();
    if (times === 1) await until(() => expect(isAnswered).toBe(true));
  }
  const { code } = await stop(gateway);
  expect(code).toBe(0);
  expect(isAnswered).toBe(true);
  expect(upstream.requests).toHaveLength(2);
});

// Concurrent, since some are slow.
describe.concurrent('stopping', () => {
  test.each<[name: string, hold: (gateway: Started) => Promise<unknown>, answered: object]>([
    [
      'an upstream that hangs',
      async ({ port }) => {
        const socket = await open(port);
        socket.write(replyBytes('9003'));
      },
      { 'http.response.status_code': 200 },
    ],
    [
      'an upstream that hangs, and a client that has disconnected',
      async (gateway) => {
        const outgoing = request(gateway.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Token sandbox' },
        });
        outgoing.on('error', () => {});
        outgoing.end(replyBody('9003'));
        await arrived(gateway);
        outgoing.destroy();
        await arrived(gateway, { client_connections: 0 });
      },
      { aborted: true },
    ],
  ])(
    'is delayed by %s for SHUTDOWN_TIMEOUT_MS at most, and logs what is aborted',
    async (_name, hold, answered) => {
      const gateway = await startObserved({ DASHLY_TIMEOUT_MS: '600000', SHUTDOWN_TIMEOUT_MS: '2000' });
      await hold(gateway);
      await arrived(gateway);
      const { code, after } = await stop(gateway);
      expect(code).toBe(1);
      expect(after).toBeGreaterThan(1_900);
      expect(after).toBeLessThan(quick);
      expect(gateway.lines().slice(2)).toMatchObject([
        { level: 'info', msg: expect.stringMatching(/^SIGTERM: /), delayMs: 0, timeoutMs: 2_000 },
        {
          level: 'info',
          msg: expect.stringMatching(/no more connections/),
          inFlight: { requests: 1, replies: 1 },
        },
        {
          level: 'warn',
          msg: expect.stringMatching(/^SHUTDOWN_TIMEOUT_MS has passed/),
          inFlight: { replies: 1 },
        },
        { level: 'warn', delivery: 'UNKNOWN', conversationId: '9003', ...answered },
        { level: 'info', msg: 'The gateway has stopped.', 'process.exit.code': 1 },
      ]);
    },
  );

  test('answers and logs the replies that it aborts, also those that wait or are looked up', async () => {
    const lost = await startObserved({
      DASHLY_TIMEOUT_MS: '600000',
      DASHLY_MAX_CONNECTIONS: '1',
      RECOVERY_TIMEOUT_MS: '60000',
      SHUTDOWN_TIMEOUT_MS: '1000',
    });
    // Its connection is closed without a response.
    const lookedUp = reply(lost, { conversationId: '9001', body: 'Hi' });
    await arrived(lost, { in_flight: 1, connections_in_use: 0 });
    const hanging = reply(lost, { conversationId: '9003', body: 'Hi' });
    await arrived(lost, { in_flight: 2, connections_in_use: 1, queue_length: 0 });
    const waiting = reply(lost, { conversationId: '1', body: 'Hi' });
    await arrived(lost, { in_flight: 3, connections_in_use: 1, queue_length: 1 });
    expect(await stop(lost)).toMatchObject({ code: 1 });
    expect(await Promise.all([lookedUp, hanging, waiting])).toMatchObject([
      { __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN' },
      { __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN' },
      { __typename: 'DashlyUnavailableError', delivery: 'NOT_DELIVERED' },
    ]);
  });

  test('answers and logs requests that are still arriving when it aborts', async () => {
    // Before it closes connections whose body makes no progress.
    const gateway = await startObserved({ SHUTDOWN_TIMEOUT_MS: '300' });
    const body = upload(Buffer.alloc(100_000));
    const requests = [Buffer.concat([head(body.length), body]), postBytes('{}'.padEnd(1_000))];
    const clients = requests.map(() => new RawClient(gateway.origin));
    for (const [index, client] of clients.entries())
      await client.write(requests[index]?.subarray(0, -10) ?? '');
    await arrived(gateway, { in_flight: 2 });
    const stopped = stop(gateway);
    for (const client of clients) expect(await client.answer()).toMatchObject({ status: 408 });
    expect(await stopped).toMatchObject({ code: 1 });
    const lines = gateway.lines().filter((line) => line['http.response.status_code'] === 408);
    expect(lines).toHaveLength(2);
  });

  test.skipIf(isRedisMissing)('answers and logs a call that waits for another gateway', async () => {
    const redis = await startRedis();
    const environment = {
      REDIS_URL: redis.url,
      DASHLY_API_URL: (await startUpstream(() => {})).url,
      DASHLY_TIMEOUT_MS: '600000',
      SHUTDOWN_TIMEOUT_MS: '1000',
    };
    const keyed = { conversationId: '1', body: 'Hi', idempotencyKey: 'k' };
    const [first, gateway] = await Promise.all([startObserved(environment), startObserved(environment)]);
    const lost = expect(reply(first, keyed)).rejects.toThrow();
    await arrived(first);
    first.child.kill('SIGKILL');
    await lost;
    const waiting = reply(gateway, keyed);
    await arrived(gateway, { in_flight: 1, connections_in_use: 0 });
    expect(await stop(gateway)).toMatchObject({ code: 1 });
    expect(await waiting).toMatchObject({ __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN' });
    expect(gateway.lines()).toContainEqual(expect.objectContaining({ delivery: 'UNKNOWN', replayed: true }));
  });

  test('logs its phases, with what was in flight', async () => {
    const gateway = await startObserved({ SHUTDOWN_DELAY_MS: '100' });
    const sent = reply(gateway, { conversationId: '6', body: 'slow' });
    await arrived(gateway);
    await stop(gateway);
    await sent;
    const inFlight = { requests: 1, replies: 1, queue: 0, connections: expect.any(Number) };
    expect(gateway.lines().slice(2)).toMatchObject([
      { msg: 'SIGTERM: the gateway is stopping, and /ready answers 503.', delayMs: 100, timeoutMs: 25_000 },
      { msg: expect.stringMatching(/^The gateway accepts no more connections/), inFlight },
      { delivery: 'DELIVERED', 'http.response.status_code': 200 },
      { msg: 'The gateway has stopped.', inFlight, ms: expect.any(Number), 'process.exit.code': 0 },
    ]);
  });

  test('does not wait for a body that never ends', async () => {
    const gateway = await startObserved({ SHUTDOWN_TIMEOUT_MS: '600000' });
    const socket = await open(gateway.port);
    socket.write(replyBytes('1').slice(0, -5));
    await arrived(gateway, { in_flight: 1 });
    expect(await stop(gateway)).toMatchObject({ code: 0 });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s completes a reply in flight and its response',
    async (signal) => {
      const gateway = await startObserved();
      const sent = reply(gateway, { conversationId: '6', body: 'slow' });
      await arrived(gateway);
      const stopped = stop(gateway, signal);
      await isShut(gateway);
      expect(await sent).toMatchObject({ __typename: 'ReplyToConversationPayload', part: { body: 'slow' } });
      const { code, after } = await stopped;
      expect(code).toBe(0);
      expect(after).toBeLessThan(quick);
      expect(gateway.output.err).toBe('');
      expect(gateway.output.out).not.toContain('"level":"error"');
    },
  );

  test('is immediate if nothing is in flight', async () => {
    const gateway = await start();
    const { code, after } = await stop(gateway);
    expect(code).toBe(0);
    expect(after).toBeLessThan(quick);
  });

  const held: [name: string, hold: (gateway: Started) => Promise<unknown>][] = [
    [
      'a connection after a request',
      async ({ port }) => {
        const socket = await open(port);
        socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
        await once(socket, 'data');
      },
    ],
    [
      'a connection after a reply',
      async ({ port }) => {
        const socket = await open(port);
        socket.write(replyBytes('1'));
        await once(socket, 'data');
      },
    ],
    ['a connection without any request', ({ port }) => open(port)],
    ['ten such connections', ({ port }) => Promise.all(Array.from({ length: 10 }, () => open(port)))],
  ];
  test.each(held)('is not delayed by %s', async (_name, hold) => {
    const gateway = await start();
    await hold(gateway);
    await sleep(100);
    const { code, after } = await stop(gateway);
    expect(code).toBe(0);
    expect(after).toBeLessThan(quick);
  });

  test('is not delayed by a client that keeps sending requests on one connection', async () => {
    const gateway = await start();
    const socket = await open(gateway.port);
    let answers = 0;
    socket.on('data', () => {
      answers++;
      socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    });
    socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => expect(answers).toBeGreaterThan(10));
    const { code, after } = await stop(gateway);
    expect(code).toBe(0);
    expect(after).toBeLessThan(quick);
  });

  test('is not delayed by clients that send the next slow reply after each response', async () => {
    const gateway = await startObserved();
    // Several clients, so that the next request of one arrives before its connection is closed.
    for (const _client of [1, 2, 3, 4, 5, 6]) {
      const socket = await open(gateway.port);
      socket.on('data', () => socket.write(replyBytes('6')));
      socket.write(replyBytes('6'));
      await sleep(53);
    }
    await arrived(gateway, { in_flight: 6 });
    const { code, after } = await stop(gateway);
    expect(code).toBe(0);
    expect(after).toBeLessThan(quick);
  });

  test('answers requests that arrived on an open connection before, in order', async () => {
    const gateway = await startObserved();
    const socket = await open(gateway.port);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(replyBytes('6') + replyBytes('4005'));
    await arrived(gateway);
    expect(await stop(gateway)).toMatchObject({ code: 0 });
    expect(text.match(/ReplyToConversationPayload|ReplyTargetNotFoundError/g)?.[0]).toBe(
      'ReplyToConversationPayload',
    );
  });

  test('still accepts requests for SHUTDOWN_DELAY_MS, while /ready fails', async () => {
    const gateway = await start({ SHUTDOWN_DELAY_MS: '6000' });
    const stopped = stop(gateway);
    await until(async () => expect((await fetch(`${gateway.origin}/ready`)).status).toBe(503));
    expect((await fetch(`${gateway.origin}/health`)).status).toBe(200);
    // On a new connection, as from a load balancer that has not checked /ready again.
    const answer = await converse(
      gateway.origin,
      postBytes(replyBody('1'), { authorization: 'Token sandbox' }),
    );
    expect(answer.text).toContain('ReplyToConversationPayload');
    const last = reply(gateway, { conversationId: '6', body: 'slow' });
    const [{ code, after }, answered] = await Promise.all([stopped, last]);
    expect(code).toBe(0);
    expect(after).toBeGreaterThan(5_950);
    expect(answered).toMatchObject({ __typename: 'ReplyToConversationPayload', part: { body: 'slow' } });
    await expect(fetch(`${gateway.origin}/health`)).rejects.toThrow();
  });

  test('completes an upload in flight', async () => {
    const gateway = await startObserved();
    const body = upload(Buffer.alloc(100_000, 'x'));
    const socket = await open(gateway.port);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(head(body.length));
    socket.write(body.subarray(0, 50_000));
    await arrived(gateway, { in_flight: 1 });
    const stopped = stop(gateway);
    await gateway.written(/accepts no more connections/);
    socket.write(body.subarray(50_000));
    expect(await stopped).toMatchObject({ code: 0 });
    expect(text).toContain('"size":100000');
  });

  test('can be requested by both signals', async () => {
    const gateway = await startObserved();
    const sent = reply(gateway, { conversationId: '6', body: 'Hi' });
    await arrived(gateway);
    gateway.child.kill('SIGINT');
    await gateway.written(/accepts no more connections/);
    expect(await stop(gateway, 'SIGTERM')).toMatchObject({ code: 0 });
    expect(await sent).toMatchObject({ __typename: 'ReplyToConversationPayload' });
    expect(gateway.output.err).toBe('');
    expect(gateway.output.out).not.toContain('"level":"error"');
  });

  test('is immediate at the second SIGINT', async () => {
    const gateway = await startObserved({ DASHLY_TIMEOUT_MS: '60000' });
    const socket = await open(gateway.port);
    socket.write(replyBytes('9003'));
    await arrived(gateway);
    gateway.child.kill('SIGINT');
    await isShut(gateway);
    // Longer than the time between the two signals that npm makes of one Ctrl-C.
    await sleep(600);
    const { code, after } = await stop(gateway, 'SIGINT');
    expect(code).not.toBeNull();
    expect(after).toBeLessThan(quick);
  });

  test('waits for a reply if npm duplicates the SIGINT of one Ctrl-C', async () => {
    for (let attempt = 1; ; attempt++) {
      const gateway = await startObserved();
      const sent = reply(gateway, { conversationId: '6', body: 'Hi' }).catch(() => null);
      await arrived(gateway);
      gateway.child.kill('SIGINT');
      const began = performance.now();
      await sleep(20);
      // If the machine was too slow in between, they count as two Ctrl-C.
      const isOne = performance.now() - began < 250;
      const { code } = await stop(gateway, 'SIGINT');
      if (!isOne && attempt < 5) continue;
      expect(code).toBe(0);
      expect(await sent).toMatchObject({ __typename: 'ReplyToConversationPayload' });
      break;
    }
  });
});
