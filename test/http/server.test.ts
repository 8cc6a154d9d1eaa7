/** Connections have limits in number and time, and end only when their responses are flushed. */

import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Listening, listen, type ServerOptions } from '../../src/http/server.ts';
import { until } from '../support/until.ts';

const large = Buffer.alloc(32 * 1024 * 1024, 'x');

const get = (path = '/') => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const post = (length: number, body = '') =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`;

/** A server whose requests wait until the test answers them. Stops at the end of the test. */
async function start(options: Partial<ServerOptions> = {}) {
  const requests: { request: IncomingMessage; response: ServerResponse }[] = [];
  const closed: ServerResponse[] = [];
  const listener: RequestListener = (request, response) => {
    request.resume();
    requests.push({ request, response });
    response.once('close', () => closed.push(response));
  };
  const server = await listen(listener, {
    port: 0,
    host: '127.0.0.1',
    maxConnections: 1_000,
    keepAliveTimeoutMs: 75_000,
    ...options,
  });
  onTestFinished(() => server.stop());
  const arrived = (count: number) => until(() => expect(requests).toHaveLength(count));
  return { server, requests, closed, arrived };
}

/** A client that reads on demand only. */
class Client {
  readonly socket: Socket;
  text = '';
  bytes = 0;
  isClosed = false;

  constructor({ port }: Listening) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.pause();
    this.socket.on('data', (chunk) => {
      this.bytes += chunk.length;
      if (this.text.length < 10_000) this.text += chunk.toString('latin1');
    });
    this.socket.on('error', () => {});
    this.socket.on('end', () => this.socket.end());
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    onTestFinished(() => void this.socket.destroy());
  }

  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  read(): this {
    this.socket.resume();
    return this;
  }

  /** The statuses of the responses that were read. */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  async closed(): Promise<void> {
    await until(() => expect(this.isClosed).toBe(true));
  }
}

/** Resolves when the server accepts no further connections. */
async function refuses({ port }: Listening): Promise<void> {
  await until(async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    onTestFinished(() => void socket.destroy());
    await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
  });
}

test('closes a connection if no byte of its response drains for 15 seconds, but not if it is read slowly or not sent yet', async () => {
  const { server, requests, closed, arrived } = await start();
  const stuck = new Client(server).send(get('/stuck'));
  await arrived(1);
  const slow = new Client(server).send(get('/slow'));
  await arrived(2);
  const waiting = new Client(server).read().send(get('/waiting'));
  await arrived(3);
  const startedAt = performance.now();
  for (const { response } of requests.slice(0, 2)) response.end(large);
  slow.socket.on('data', () => slow.socket.pause());
  const reading = setInterval(() => slow.read(), 100);
  await expect.poll(() => closed.map(({ req }) => req.url), { timeout: 60_000 }).toEqual(['/stuck']);
  expect(performance.now() - startedAt).toBeGreaterThan(14_000);
  clearInterval(reading);
  expect(stuck.bytes).toBe(0);
  requests[2]?.response.end('late');
  await until(() => expect(waiting.text).toContain('late'));
  slow.socket.removeAllListeners('data');
  let received = slow.bytes;
  slow.socket.on('data', ({ length }) => {
    received += length;
  });
  slow.read();
  await until(() => expect(received).toBeGreaterThan(large.length));
}, 90_000);

describe('an idle connection', () => {
  test('is closed after the keep-alive timeout, also if the response was sent before the end of the request', async () => {
    const { server, requests, arrived } = await start({ keepAliveTimeoutMs: 300 });
    const [whole, early] = [new Client(server).read(), new Client(server).read()];
    whole.send(get());
    early.send(post(100_000, 'x'.repeat(50_000)));
    await arrived(2);
    for (const { response } of requests) response.end('answer');
    await until(() => expect(early.text).toContain('answer'));
    early.send('x'.repeat(50_000));
    await Promise.all([whole.closed(), early.closed()]);
  });

  test('tells the client how long it stays open', async () => {
    const { server, requests, arrived } = await start({ keepAliveTimeoutMs: 75_000 });
    const client = new Client(server).read().send(get());
    await arrived(1);
    requests[0]?.response.end();
    await until(() => expect(client.text).toMatch(/^Keep-Alive: timeout=75\r$/m));
  });
});

test('closes connections above the limit immediately', async () => {
  const { server, requests, arrived } = await start({ maxConnections: 2 });
  const clients = [1, 2].map(() => new Client(server).read().send(get()));
  await arrived(2);
  await new Client(server).read().send(get()).closed();
  requests[0]?.response.end('first');
  requests[1]?.response.end('second');
  await until(() => expect(clients.map(({ text }) => text.includes('200 OK'))).toEqual([true, true]));
});

describe('pipelined requests', () => {
  test('are answered one at a time', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read().send(get('/1') + get('/2') + get('/3'));
    for (const count of [1, 2, 3]) {
      await arrived(count);
      requests.at(-1)?.response.end(`answer ${count}`);
      await until(() => expect(client.text).toContain(`answer ${count}`));
    }
    expect(requests.map(({ request }) => request.url)).toEqual(['/1', '/2', '/3']);
  });

  test('close the connection if more than eight wait', async () => {
    const { server, arrived } = await start();
    const client = new Client(server).read().send(get().repeat(9));
    await arrived(1);
    expect(client.isClosed).toBe(false);
    await client.send(get()).closed();
  });

  test('are limited in total, and the end of a connection releases its share', async () => {
    const { server, requests, arrived } = await start();
    // 32 connections with 8 waiting requests each.
    const clients = Array.from({ length: 32 }, () => new Client(server).read().send(get().repeat(9)));
    await arrived(32);
    await new Client(server).read().send(get().repeat(2)).closed();
    for (const client of clients) client.socket.destroy();
    await until(() => expect(requests.every(({ response }) => response.closed)).toBe(true));
    const next = new Client(server).read().send(get('/a') + get('/b'));
    await until(() => expect(requests.at(-1)?.request.url).toBe('/a'));
    requests.at(-1)?.response.end();
    await until(() => expect(requests.at(-1)?.request.url).toBe('/b'));
    expect(next.isClosed).toBe(false);
  });
});

describe('a client that closes its sending half', () => {
  test('is answered', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read().send(get());
    client.socket.end();
    await arrived(1);
    await once(client.socket, 'data');
    requests[0]?.response.end('the answer');
    await client.closed();
    // The interim response shows whether the client is still connected.
    expect(client.statuses.filter((status) => status >= 200)).toEqual([200]);
    expect(client.text).toContain('the answer');
  });

  test('is answered if it speaks HTTP/1.0, without an interim response', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read().send('GET / HTTP/1.0\r\n\r\n');
    client.socket.end();
    await arrived(1);
    requests[0]?.response.end('the answer');
    await client.closed();
    expect(client.statuses).toEqual([200]);
  });

  test('is detected if it has closed the whole connection', async () => {
    const { server, closed, arrived } = await start();
    const client = new Client(server).send(get());
    await arrived(1);
    client.socket.destroy();
    await until(() => expect(closed).toHaveLength(1));
  });
});

test('when it drains, each connection closes after the response to its current or next request', async () => {
  const { server, requests, arrived } = await start();
  const used = new Client(server).read().send(get('/before'));
  await arrived(1);
  requests[0]?.response.end('x');
  await until(() => expect(used.statuses).toEqual([200]));
  const busy = new Client(server).read().send(get('/first') + get('/second'));
  await arrived(2);
  server.drain();
  const later = new Client(server).read().send(get('/later'));
  used.send(get('/after'));
  await arrived(4);
  for (const { response } of requests.slice(1)) response.end('x');
  await arrived(5);
  requests[4]?.response.end('x');
  for (const client of [used, busy, later]) {
    await client.closed();
    expect(client.text.match(/^connection: close/gim)).toHaveLength(1);
  }
  expect([used, busy, later].map(({ statuses }) => statuses)).toEqual([[200, 200], [200, 200], [200]]);
});

describe('stopping', () => {
  test('answers the request of a connection that it has not accepted yet', async () => {
    const { server, requests, arrived } = await start();
    // The operating system accepts it at once, the event loop in its next turn.
    const client = new Client(server).read();
    const stopped = server.stop();
    await once(client.socket, 'connect');
    client.send(get());
    await arrived(1);
    requests[0]?.response.end('x');
    await stopped;
    await client.closed();
    expect(client.statuses).toEqual([200]);
  });

  test('completes a response that is read slowly', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).send(get());
    await arrived(1);
    requests[0]?.response.end(large);
    await new Promise(setImmediate);
    const stopped = server.stop();
    client.read();
    await stopped;
    await client.closed();
    expect(client.bytes).toBeGreaterThan(large.length);
  });

  test('answers requests that were read, including pipelined ones, and announces the close in the last response', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read().send(get('/1') + get('/2') + get('/3'));
    await arrived(1);
    const stopped = server.stop();
    for (const count of [1, 2, 3]) {
      await arrived(count);
      requests.at(-1)?.response.end(`answer ${count}`);
    }
    await stopped;
    await client.closed();
    expect(client.statuses).toEqual([200, 200, 200]);
    expect(client.text.match(/^Connection: .*$/gim)).toEqual([
      'Connection: keep-alive',
      'Connection: keep-alive',
      'connection: close',
    ]);
  });

  test('closes idle and unused connections, and refuses new ones', async () => {
    const { server, requests, arrived } = await start();
    const [idle, unused] = [new Client(server).read().send(get()), new Client(server).read()];
    await arrived(1);
    requests[0]?.response.end('done');
    await until(() => expect(idle.text).toContain('done'));
    await server.stop();
    await Promise.all([idle.closed(), unused.closed(), new Client(server).read().closed()]);
  });

  test.each([
    ['nothing more', 0],
    ['a byte now and then', 1],
  ])('does not wait for a request that sends %s', async (_what, bytes) => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read().send(post(100_000, 'x'));
    await arrived(1);
    const sending = setInterval(() => client.send('x'.repeat(bytes)), 100);
    await server.stop();
    clearInterval(sending);
    expect(requests[0]?.request.complete).toBe(false);
    await client.closed();
  });

  test('does not wait for the first request of a connection if it begins after the stop and sends nothing more', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read();
    await until(() => expect(server.connections()).toBe(1));
    const stopped = server.stop();
    await refuses(server);
    client.send(post(100_000, 'x'));
    await arrived(1);
    await stopped;
    expect(requests[0]?.request.complete).toBe(false);
    await client.closed();
  });

  test('does not wait for a pipelined request that sends nothing more', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read().send(get() + post(100_000, 'x'));
    await arrived(1);
    const stopped = server.stop();
    await refuses(server);
    requests[0]?.response.end('first');
    await stopped;
    expect(requests[1]?.request.complete).toBe(false);
    await client.closed();
    expect(client.text).toContain('first');
  });

  test('waits for a request that is still arriving', async () => {
    const { server, requests, arrived } = await start();
    const client = new Client(server).read().send(post(60_000));
    await arrived(1);
    const stopped = server.stop();
    const sending = setInterval(() => client.send('x'.repeat(2_000)), 50);
    await until(() => expect(requests[0]?.request.complete).toBe(true));
    clearInterval(sending);
    requests[0]?.response.end('all of it');
    await stopped;
    await client.closed();
    expect(client.text).toContain('all of it');
  });

  test('can be requested twice', async () => {
    const { server } = await start();
    await Promise.all([server.stop(), server.stop()]);
  });
});
