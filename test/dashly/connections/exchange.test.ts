/** An exchange waits for a connection, keeps its limits of time, and says what may have been sent. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { buildConnector, Pool } from 'undici';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Deadline } from '../../../src/conversation/deadline.ts';
import { HttpConnection } from '../../../src/dashly/connections/connection.ts';
import { ConnectionPool } from '../../../src/dashly/connections/connection-pool.ts';
import { exchange } from '../../../src/dashly/connections/exchange.ts';
import type { DashlyResponse } from '../../../src/dashly/connections/response.ts';
import { blockEventLoop } from '../../support/gateway/block-event-loop.ts';
import { until } from '../../support/until.ts';
import { startByteUpstream } from '../../support/upstream/start-byte-upstream.ts';
import { documentedAnswer } from '../../support/upstream/start-upstream.ts';

const json = JSON.stringify(documentedAnswer);
const success = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;

/** All connections use one pool of undici, which has fewer connections if a test needs that. */
function poolOver(pool: Pool, maxConnections: number, maxQueue: number): ConnectionPool {
  const open = () => ({
    dispatch: (...args: Parameters<Pool['dispatch']>) => void pool.dispatch(...args),
    flush: async () => {},
    close: async () => {},
    destroy: () => {},
  });
  return new ConnectionPool({ maxConnections, maxQueue, open });
}

/** Suffices if the test does not depend on the response. */
const read = (response: DashlyResponse) => ({ value: response, match: null });

async function sendOver(pool: ConnectionPool, body: string, timeoutMs: number, readResponse = read) {
  const options = { method: 'POST', path: '/', body } as const;
  const createRequest = () => ({ options, isLarge: false, maxResponseBytes: 1_000 });
  const { signal } = new AbortController();
  const { end } = await exchange({
    pool,
    createRequest,
    timeoutMs,
    deadline: null,
    signal,
    canAbort: false,
    onWrite: () => {},
    read: readResponse,
  });
  return end;
}

test('a connection is closed if reading its response fails, since that may be a stray one', async () => {
  const response = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
  const upstream = await startByteUpstream((socket) => socket.write(response));
  const open = () => new HttpConnection(upstream.url, buildConnector({ allowH2: false }));
  const pool = new ConnectionPool({ maxConnections: 1, maxQueue: 1, open });
  onTestFinished(() => pool.close());
  const failing = () => {
    throw new Error('It is unreadable.');
  };
  await expect(sendOver(pool, 'first', 10_000, failing)).rejects.toThrow('It is unreadable.');
  expect((await sendOver(pool, 'second', 10_000)).kind).toBe('received');
  expect(upstream.used()).toBe(2);
});

describe('the end of a response', () => {
  const head = 'HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n';
  const half = '{"meta":{"stat';

  test.each<[title: string, response: string, hasKnownEnd: boolean]>([
    ['is known by its length', `${head}content-length: 2\r\n\r\n{}`, true],
    ['is known by its last chunk', `${head}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, true],
    [
      'is known by its last chunk, after other codings',
      `${head}transfer-encoding: identity\r\ntransfer-encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      true,
    ],
    ['is unknown with another coding', `${head}transfer-encoding: identity\r\n\r\n{}`, false],
    [
      'is unknown with another coding after the chunks',
      `${head}transfer-encoding: chunked, gzip\r\n\r\n{}`,
      false,
    ],
    ['is unknown without a length', `${head}connection: close\r\n\r\n{}`, false],
    ['is unknown if the connection is cut', `${head}\r\n${half}`, false],
  ])('%s', async (_title, response, hasKnownEnd) => {
    const upstream = await startByteUpstream((socket) => {
      socket.write(response);
      if (!hasKnownEnd) socket.end();
    });
    const end = await sendOver(connectTo(upstream.url), 'x', 10_000);
    const text = hasKnownEnd || response.endsWith('{}') ? '{}' : half;
    expect(end).toMatchObject({ kind: 'received', value: { status: 400, text, hasKnownEnd } });
  });

  test('does not change the text of a response that arrives byte by byte', async () => {
    const body = JSON.stringify({ data: 'ж€😀'.repeat(20) });
    const chunks = [...Buffer.from(body)].map((byte) =>
      Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')]),
    );
    const upstream = await startByteUpstream((socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
      for (const chunk of chunks) socket.write(chunk);
      socket.write('0\r\n\r\n');
    });
    const end = await sendOver(connectTo(upstream.url), 'x', 10_000);
    expect(end).toMatchObject({ kind: 'received', value: { text: body } });
  });

  function connectTo(url: string): ConnectionPool {
    const open = () => new HttpConnection(url, buildConnector({ allowH2: false }));
    const pool = new ConnectionPool({ maxConnections: 1, maxQueue: 1, open });
    onTestFinished(() => pool.close());
    return pool;
  }
});

describe('a reply that waits for a connection', () => {
  test('is not sent after its timeout', async () => {
    const upstream = await startByteUpstream(() => {});
    const pool = new Pool(upstream.url, { connections: 1, pipelining: 1 });
    onTestFinished(() => pool.destroy());
    const send = (body: string, timeoutMs: number) => sendOver(poolOver(pool, 64, 0), body, timeoutMs);
    const [first, second] = await Promise.all([send('first', 1_000), send('second', 100)]);
    expect(second).toEqual({
      kind: 'interrupted',
      interruption: { cause: 'timeout', requestBegan: false, status: null },
    });
    expect(first).toEqual({
      kind: 'interrupted',
      interruption: { cause: 'timeout', requestBegan: true, status: null },
    });
    const third = send('third', 10_000);
    await until(() => expect(upstream.bodies).toEqual(['first', 'third']));
    await pool.destroy();
    expect((await third).kind).toBe('interrupted');
  });

  test('leaves the queue after its timeout, and the connection stays usable', async () => {
    const bodies: string[] = [];
    let connections = 0;
    const server = createServer(async (request, response) => {
      bodies.push(await text(request));
      setTimeout(() => response.end('{}'), 150);
    });
    server.on('connection', () => connections++).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 });
    onTestFinished(async () => {
      await pool.destroy();
      server.close();
    });
    const queued = poolOver(pool, 1, 10);
    const send = (body: string, timeoutMs: number) => sendOver(queued, body, timeoutMs);
    const [first, second, third] = await Promise.all([
      send('first', 20_000),
      send('second', 50),
      send('third', 20_000),
    ]);
    expect([first.kind, third.kind]).toEqual(['received', 'received']);
    expect(second).toEqual({
      kind: 'interrupted',
      interruption: { cause: 'timeout', requestBegan: false, status: null },
    });
    expect(bodies).toEqual(['first', 'third']);
    expect(connections).toBe(1);
  });

  test('ends at once if all connections are broken, since 20,000 attempts would take seconds', async () => {
    const upstream = await startByteUpstream(() => {});
    const dispatch = vi.spyOn(HttpConnection.prototype, 'dispatch');
    onTestFinished(() => dispatch.mockRestore());
    const open = () => new HttpConnection(upstream.url, buildConnector({ allowH2: false }));
    const pool = new ConnectionPool({ maxConnections: 1, maxQueue: 2, open });
    const ends = Promise.all(['first', 'second', 'third'].map((body) => sendOver(pool, body, 60_000)));
    await until(() => expect(upstream.bodies).toEqual(['first']));
    pool.destroy();
    expect(await ends).toMatchObject([
      { interruption: { cause: 'connection', requestBegan: true } },
      { interruption: { cause: 'connection', requestBegan: false } },
      { interruption: { cause: 'connection', requestBegan: false } },
    ]);
    expect(dispatch).toHaveBeenCalledTimes(1);
  });

  test('fails if the pool is closed', async () => {
    const upstream = await startByteUpstream(() => {});
    const pool = new Pool(upstream.url);
    await pool.destroy();
    expect(await sendOver(poolOver(pool, 64, 0), 'x', 1000)).toEqual({
      kind: 'interrupted',
      interruption: { cause: 'connection', requestBegan: false, status: null },
    });
  });
});

describe('onWrite', () => {
  const late = { kind: 'interrupted', interruption: { cause: 'timeout', requestBegan: false, status: null } };

  /** Sends a request, calls `act` when it is created, and returns its end and how often `onWrite` was called. */
  async function sendAfter(act: () => void, timeoutMs: number, deadline: Deadline | null = null) {
    const upstream = await startByteUpstream((socket) => socket.write(success));
    const pool = new Pool(upstream.url, { connections: 1 });
    onTestFinished(() => pool.destroy());
    const onWrite = vi.fn();
    const send = async (act: () => void, timeoutMs: number, deadline: Deadline | null) => {
      const options = { method: 'POST', path: '/', body: 'x' } as const;
      const createRequest = () => {
        act();
        return { options, isLarge: false, maxResponseBytes: 10_000 };
      };
      const limits = {
        timeoutMs,
        deadline,
        signal: new AbortController().signal,
        onWrite,
        read,
        canAbort: false,
      };
      const { end } = await exchange({ pool: poolOver(pool, 1, 0), createRequest, ...limits });
      return end;
    };
    const end = await send(act, timeoutMs, deadline);
    const writes = onWrite.mock.calls.length;
    // The connection is still usable, and its requests arrive in order.
    expect((await send(() => {}, 10_000, null)).kind).toBe('received');
    const arrived = upstream.bodies.length - 1;
    expect(upstream.used()).toBe(1);
    return { end, writes, arrived };
  }

  test('is called once', async () => {
    expect(await sendAfter(() => {}, 10_000)).toMatchObject({
      end: { kind: 'received' },
      writes: 1,
      arrived: 1,
    });
  });

  test('is not called after the timeout, and nothing is written', async () => {
    const result = await sendAfter(() => blockEventLoop(600), 500);
    expect(result).toEqual({ end: late, writes: 0, arrived: 0 });
  });

  test('is not called if the deadline has passed or nearly so', async () => {
    for (const milliseconds of [-1, 0, 1, 900]) {
      const result = await sendAfter(() => expect.unreachable(), 10_000, new Deadline(milliseconds));
      expect(result).toEqual({ end: late, writes: 0, arrived: 0 });
    }
  });

  test('is not called if the deadline passes before the first byte', async () => {
    const result = await sendAfter(() => blockEventLoop(1_600), 60_000, new Deadline(1_500));
    expect(result).toEqual({ end: late, writes: 0, arrived: 0 });
  });
});
