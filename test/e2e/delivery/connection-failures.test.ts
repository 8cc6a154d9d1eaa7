/** Network failures: the result of each, its proof about the delivery, and that nothing is sent twice. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blockEventLoop } from '../../support/gateway/block-event-loop.ts';
import { postBytes } from '../../support/gateway/converse.ts';
import { RawClient } from '../../support/gateway/raw-client.ts';
import { post, reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { roundTrips, until } from '../../support/until.ts';
import { startByteUpstream } from '../../support/upstream/start-byte-upstream.ts';
import {
  answerTo,
  documentedAnswer,
  documentedConversation,
  startTcpUpstream,
  startUpstream,
  withNewPart,
} from '../../support/upstream/start-upstream.ts';

const input = { conversationId: documentedConversation, body: 'Hi' };
const json = JSON.stringify(documentedAnswer);
const success = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
/** Enough time for everything before the timeout, on an overloaded machine. */
const impatient = { DASHLY_TIMEOUT_MS: '1500' };

type Delivery = 'NOT_DELIVERED' | 'UNKNOWN' | 'DELIVERED';

const causes = {
  UNREACHABLE: 'The connection to Dashly failed.',
  TIMEOUT: 'Dashly did not respond in time.',
  SERVER_ERROR: 'Dashly failed.',
  BAD_RESPONSE: "Dashly's response is not what its API documents.",
};
const consequences = {
  NOT_DELIVERED: 'Nothing was sent.',
  UNKNOWN: 'Whether the reply was created is unknown: check the conversation before sending it again.',
  DELIVERED: 'The reply was created: do not send it again.',
};

function unavailable(reason: keyof typeof causes, delivery: Delivery): object {
  const message = `${causes[reason]} ${consequences[delivery]}`;
  return { __typename: 'DashlyUnavailableError', message, delivery, reason };
}

/** All at once, since each waits for its timeout. */
async function expectAfterBytes(cases: readonly (readonly [bytes: string, result: object])[]): Promise<void> {
  const results = await Promise.all(
    cases.map(async ([bytes]) => afterRequest((socket) => socket.write(bytes), impatient)),
  );
  expect(results).toEqual(cases.map(([, result]) => result));
}

const sent = expect.objectContaining({ __typename: 'ReplyToConversationPayload' });

/** Replies once to an upstream that reads the request and then calls `answer`; the reply arrives exactly once. */
async function afterRequest(
  answer: (socket: Socket) => void,
  environment: Record<string, string> = {},
): Promise<object> {
  const upstream = await startByteUpstream(answer);
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...environment });
  const result = await reply(gateway, input);
  await roundTrips(gateway.origin);
  expect(upstream.bodies).toEqual([expect.stringContaining('&body=Hi&')]);
  expect(upstream.used()).toBe(1);
  expect(gateway.errors).toEqual([]);
  return result;
}

describe('before anything was written', () => {
  const unreachable = unavailable('UNREACHABLE', 'NOT_DELIVERED');

  test('no server listens', async () => {
    const gateway = await startGateway({ DASHLY_API_URL: 'http://127.0.0.1:1' });
    expect(await reply(gateway, input)).toEqual(unreachable);
  });

  test('the host does not exist', async () => {
    const gateway = await startGateway({ DASHLY_API_URL: 'https://dashly.invalid' });
    expect(await reply(gateway, input)).toEqual(unreachable);
  });

  test('the server does not support TLS', async () => {
    const upstream = await startUpstream();
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url.replace('http:', 'https:') });
    expect(await reply(gateway, input)).toEqual(unreachable);
    expect(upstream.requests).toEqual([]);
  });

  test('the TLS handshake gets no response', async () => {
    const url = await startTcpUpstream(() => {});
    const gateway = await startGateway({ DASHLY_API_URL: url.replace('http:', 'https:'), ...impatient });
    expect(await reply(gateway, input)).toEqual(unavailable('TIMEOUT', 'NOT_DELIVERED'));
  });

  test('the connection is never accepted', async () => {
    const gateway = await startGateway({ DASHLY_API_URL: await startDeafServer(), ...impatient });
    expect(await reply(gateway, input)).toEqual(unavailable('TIMEOUT', 'NOT_DELIVERED'));
  });
});

describe('after writing began', () => {
  const lost = unavailable('UNREACHABLE', 'UNKNOWN');
  const big = { ...input, body: 'x'.repeat(700_000) };

  test('the connection is accepted and closed immediately', async () => {
    let connections = 0;
    const url = await startTcpUpstream((socket) => {
      connections++;
      socket.destroy();
    });
    const gateway = await startGateway({ DASHLY_API_URL: url });
    for (let attempt = 1; attempt <= 20; attempt++) {
      const result = await reply(gateway, input);
      expect([lost, unavailable('UNREACHABLE', 'NOT_DELIVERED')]).toContainEqual(result);
      expect(connections).toBe(attempt);
    }
  });

  test.each([
    ['closed', (socket: Socket) => socket.destroy()],
    ['ended', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('the connection is %s after the first bytes', async (_title, close) => {
    let connections = 0;
    const url = await startTcpUpstream((socket) => {
      connections++;
      socket.once('data', () => close(socket));
    });
    const gateway = await startGateway({ DASHLY_API_URL: url });
    expect(await reply(gateway, big)).toEqual(lost);
    expect(connections).toBe(1);
  });

  test.each([
    ['closed', (socket: Socket) => socket.destroy()],
    ['ended', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['closed in the status line', (socket: Socket) => socket.end('HTTP/1.1 20')],
    ['closed in the headers', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: appl')],
    ['closed after early hints', (socket: Socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('the connection is %s after the request', async (_title, close) => {
    expect(await afterRequest(close)).toEqual(lost);
  });

  test('silence follows less than a status', () => {
    const beginnings = ['', 'HTTP/1.1 20', 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n'];
    return expectAfterBytes(beginnings.map((bytes) => [bytes, unavailable('TIMEOUT', 'UNKNOWN')]));
  });

  test('the response arrives in time, but the event loop is blocked for longer', async () => {
    const source = `
      const { parentPort, workerData } = require('node:worker_threads');
      const server = require('node:http').createServer((request, response) => {
        parentPort.postMessage('arrived');
        setTimeout(() => response.end(workerData), 50);
      });
      server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
    const worker = new Worker(source, { eval: true, workerData: json });
    onTestFinished(async () => void (await worker.terminate()));
    const [port] = await once(worker, 'message');
    const gateway = await startGateway({ DASHLY_API_URL: `http://127.0.0.1:${port}`, ...impatient });
    const result = reply(gateway, input);
    await once(worker, 'message');
    blockEventLoop(2_000);
    expect(await result).toEqual(sent);
  });

  test('the upstream does not read the request', async () => {
    const url = await startTcpUpstream((socket) => socket.pause());
    const gateway = await startGateway({ DASHLY_API_URL: url, ...impatient });
    expect(await reply(gateway, big)).toEqual(unavailable('TIMEOUT', 'UNKNOWN'));
  });

  const badAnswer = unavailable('BAD_RESPONSE', 'UNKNOWN');

  test.each([
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`],
    [
      'an unrequested upgrade',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    ],
  ])('the response is %s', async (_title, bytes) => {
    expect(await afterRequest((socket) => socket.write(bytes))).toEqual(badAnswer);
  });

  test.each([
    ['not HTTP', 'SECRET-UPSTREAM-TEXT\r\n\r\n'],
    ['without a status', 'HTTP/1.1 \r\n\r\n'],
    ['with a status that is not a number', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['with a status below 100', 'HTTP/1.1 099 OK\r\ncontent-length: 0\r\n\r\n'],
    ['of another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['with a malformed header', 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n'],
    ['with two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}'],
    ['with a length that is not a number', 'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{}'],
  ])('the response is %s', async (_title, bytes) => {
    expect(await afterRequest((socket) => socket.write(bytes))).toEqual(badAnswer);
  });

  test('an unrequested 100 Continue does not cause a second request', async () => {
    const result = await afterRequest((socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${success}`));
    expect(result).toEqual(badAnswer);
  });
});

describe('after a 2xx status', () => {
  const broken = unavailable('BAD_RESPONSE', 'UNKNOWN');
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n`;
  const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

  test('silence follows an incomplete response', () => {
    const beginnings = [
      head,
      head + json.slice(0, 100),
      head + json.slice(0, -1),
      `${chunked}5\r\n{"dat\r\n`,
      `${chunked}${json.length.toString(16)}\r\n${json}\r\n`,
      // The end of this response would be the end of the connection.
      `HTTP/1.1 200 OK\r\n\r\n${json}`,
    ];
    return expectAfterBytes(beginnings.map((bytes) => [bytes, unavailable('TIMEOUT', 'UNKNOWN')]));
  });

  test.each([
    ['the headers', head],
    ['half of the body', head + json.slice(0, 100)],
    ['all but one byte', head + json.slice(0, -1)],
    ['a chunk', `${chunked}5\r\n{"dat\r\n`],
    ['every chunk but the last', `${chunked}${json.length.toString(16)}\r\n${json}\r\n`],
    ['half of a body without a length', `HTTP/1.1 201 Created\r\n\r\n${json.slice(0, 100)}`],
  ])('the connection ends after %s', async (_title, bytes) => {
    expect(await afterRequest((socket) => socket.end(bytes))).toEqual(broken);
  });

  test('the connection is reset after half of the body', async () => {
    const reset = (socket: Socket) =>
      socket.write(head + json.slice(0, 100), () => setTimeout(() => socket.resetAndDestroy(), 20));
    expect(await afterRequest(reset)).toEqual(broken);
  });

  test('a chunk has no size', async () => {
    expect(await afterRequest((socket) => socket.write(`${chunked}xyz\r\n{}\r\n0\r\n\r\n`))).toEqual(broken);
  });

  test('slow bytes do not extend the time limit', async () => {
    const started = Date.now();
    const result = await afterRequest((socket) => {
      socket.write(head);
      const timer = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(timer));
    }, impatient);
    expect(result).toEqual(unavailable('TIMEOUT', 'UNKNOWN'));
    expect(Date.now() - started).toBeLessThan(8_000);
  });
});

describe('after another status, with an incomplete response,', () => {
  const lost = unavailable('BAD_RESPONSE', 'UNKNOWN');
  const timeout = unavailable('TIMEOUT', 'UNKNOWN');
  const cases: [head: string, afterTheEnd: object, afterSilence: object][] = [
    ['HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\n{"meta":', lost, timeout],
    ['HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<html\r\n', lost, timeout],
    ['HTTP/1.1 413 Content Too Large\r\ncontent-length: 100\r\n\r\n', lost, timeout],
    [
      'HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\n',
      unavailable('SERVER_ERROR', 'UNKNOWN'),
      unavailable('SERVER_ERROR', 'UNKNOWN'),
    ],
    [
      'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 100\r\n\r\n<html',
      unavailable('SERVER_ERROR', 'UNKNOWN'),
      unavailable('SERVER_ERROR', 'UNKNOWN'),
    ],
    ['HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 100\r\n\r\n<html', lost, lost],
  ];

  test('silence', () => expectAfterBytes(cases.map(([head, , afterSilence]) => [head, afterSilence])));

  test.each(cases)('%j is followed by the end of the connection', async (head, result) => {
    expect(await afterRequest((socket) => socket.end(head))).toEqual(result);
  });
});

test.each([
  [
    'early hints before it',
    `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${success}`,
  ],
  ['102 before it', `HTTP/1.1 102 Processing\r\n\r\n${success}`],
  ['HTTP/1.0', `HTTP/1.0 200 OK\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`],
  ['no reason phrase', success.replace('200 OK', '200')],
  [
    'chunks with trailers',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${Buffer.byteLength(json).toString(16)};a=b\r\n${json}\r\n0\r\nx-trailer: 1\r\n\r\n`,
  ],
])('accepts a response with %s', async (_title, bytes) => {
  expect(await afterRequest((socket) => socket.write(bytes))).toEqual(sent);
});

test.each([
  ['one byte at a time', (socket: Socket) => writeSlowly(socket, success)],
  ['that ends with the connection', (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${json}`)],
  [
    'of HTTP/1.0 that closes the connection',
    (socket: Socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${json}`),
  ],
])('accepts a response %s', async (_title, answer) => {
  expect(await afterRequest(answer)).toEqual(sent);
});

describe('a reused connection', () => {
  const bodyOf =
    '__typename ... on ReplyToConversationPayload { part { body } } ... on ReplyError { delivery }';

  function answerBytes(form: string): string {
    const body = new URLSearchParams(form).get('body');
    const text = JSON.stringify(answerTo({ path: '/conversations/7/reply', body: form }, { body }));
    return `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  }

  const rejection = 'HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}';

  // Without a turn of the event loop in between, what arrives right after the first response would be seen too late.
  test.each<[title: string, afterwards: (socket: Socket) => void]>([
    ['rejected a second time in the next turn', (socket) => setImmediate(() => socket.write(rejection))],
    ['rejected a second time a millisecond later', (socket) => setTimeout(() => socket.write(rejection), 1)],
    ['rejected, and its connection ended', (socket) => socket.end()],
    [
      'rejected, and its connection destroyed in the next turn',
      (socket) => setImmediate(() => socket.destroy()),
    ],
  ])(
    'does not carry the next reply of an operation if the first is %s, 50 times',
    async (_title, afterwards) => {
      let closed: Promise<unknown> = Promise.resolve();
      const upstream = await startByteUpstream((socket, form) => {
        if (new URLSearchParams(form).get('body') !== 'rejected') return socket.write(answerBytes(form));
        closed = once(socket, 'close');
        return socket.write(rejection, () => afterwards(socket));
      });
      const gateway = await startGateway({ DASHLY_API_URL: upstream.url, RECOVERY_TIMEOUT_MS: '0' });
      const field = (body: string) =>
        `replyToConversation(input: { conversationId: "7", body: "${body}" }) { __typename }`;
      for (let index = 0; index < 50; index++) {
        const { body } = await post(
          gateway,
          `mutation { first: ${field('rejected')} second: ${field('sent')} }`,
        );
        expect(body.data).toEqual({
          first: { __typename: 'DashlyRejectedError' },
          second: { __typename: 'ReplyToConversationPayload' },
        });
        // So that the next operation uses another connection.
        await closed;
      }
      expect(upstream.bodies).toHaveLength(100);
    },
  );

  test.each<[title: string, close: (socket: Socket) => void]>([
    ['ended right after the response', (socket) => socket.end()],
    ['ended in the next turn', (socket) => setImmediate(() => socket.end())],
    ['ended a millisecond later', (socket) => setTimeout(() => socket.end(), 1)],
    ['ended two milliseconds later', (socket) => setTimeout(() => socket.end(), 2)],
    ['destroyed in the next turn', (socket) => setImmediate(() => socket.destroy())],
    ['reset a millisecond later', (socket) => setTimeout(() => socket.resetAndDestroy(), 1)],
  ])('is %s, 50 times', async (_title, close) => {
    const upstream = await startByteUpstream((socket, form) =>
      socket.write(answerBytes(form), () => close(socket)),
    );
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
    let successes = 0;
    for (let index = 0; index < 50; index++) {
      const body = String(index);
      const result = await reply(gateway, { conversationId: '7', body }, bodyOf);
      const arrived = upstream.bodies.filter((form) => new URLSearchParams(form).get('body') === body).length;
      expect(arrived).toBeLessThanOrEqual(1);
      if (result.__typename === 'ReplyToConversationPayload') {
        successes++;
        expect([arrived, result.part.body]).toEqual([1, body]);
      } else if (arrived === 1) expect(result.delivery).toBe('UNKNOWN');
    }
    expect(successes).toBeGreaterThan(0);
  });

  test('carries one reply after the other', async () => {
    const upstream = await startByteUpstream((socket, form) => socket.write(answerBytes(form)));
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
    for (let index = 0; index < 20; index++) {
      expect((await reply(gateway, { conversationId: '7', body: String(index) }, bodyOf)).part.body).toBe(
        String(index),
      );
    }
    expect(upstream.used()).toBe(1);
  });

  test.each([
    ['in the same bytes', 0],
    ['a few milliseconds later', 5],
  ])('ignores an unexpected response between two replies: %s', async (_title, delay) => {
    const stray = answerBytes('body=STRAY');
    let closed = 0;
    const upstream = await startByteUpstream((socket, form) => {
      socket.once('close', () => closed++);
      if (delay === 0) return socket.write(answerBytes(form) + stray);
      socket.write(answerBytes(form));
      return setTimeout(() => socket.write(stray), delay);
    });
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
    for (let index = 0; index < 10; index++) {
      const result = await reply(gateway, { conversationId: '7', body: String(index) }, bodyOf);
      expect(result.part?.body).toBe(String(index));
      if (delay > 0) await until(() => expect(closed).toBe(index + 1));
    }
    expect(upstream.bodies).toHaveLength(10);
  });

  test('is not reused after a reply that timed out, so that a late response is not read as another one', async () => {
    let answerLate: () => unknown = () => expect.unreachable();
    let isClosed = false;
    const upstream = await startByteUpstream((socket, form) => {
      if (!form.includes('body=late')) return socket.write(answerBytes(form));
      answerLate = () => socket.write(answerBytes(form));
      return socket.once('close', () => {
        isClosed = true;
      });
    });
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...impatient });
    expect(await reply(gateway, { conversationId: '7', body: 'late' }, bodyOf)).toMatchObject({
      delivery: 'UNKNOWN',
    });
    answerLate();
    for (let index = 0; index < 10; index++) {
      expect((await reply(gateway, { conversationId: '7', body: String(index) }, bodyOf)).part?.body).toBe(
        String(index),
      );
    }
    expect(isClosed).toBe(true);
    expect(upstream.bodies).toHaveLength(11);
  });
});

test('a reply that waits for a connection is sent once or not at all, and the result says which', async () => {
  const upstream = await startByteUpstream(() => {});
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...impatient });
  const selection = '... on DashlyUnavailableError { reason delivery }';
  const results = await Promise.all(
    Array.from({ length: 150 }, (_, index) => reply(gateway, { ...input, body: `${index}.` }, selection)),
  );
  await roundTrips(gateway.origin);
  expect(new Set(upstream.bodies).size).toBe(upstream.bodies.length);
  for (const [index, { reason, delivery }] of results.entries()) {
    expect(reason).toBe('TIMEOUT');
    if (delivery !== 'UNKNOWN') expect(upstream.bodies.join('\n')).not.toContain(`&body=${index}.&`);
  }
});

describe('a client that disconnects', () => {
  const query = `mutation { replyToConversation(input: { conversationId: ${documentedConversation}, body: "Hi" }) { __typename } }`;

  test.each([
    ['with a new document', 0],
    ['with a cached document', 1],
    ['with a compiled document', 2],
  ])('%s does not abort a reply that is being sent', async (_title, before) => {
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<Socket>();
    const upstream = await startByteUpstream((socket) => {
      if (upstream.bodies.length === before + 1) arrive(socket);
      else socket.write(withNewPart(success));
    });
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
    for (let index = 0; index < before; index++) await post(gateway, query);

    const client = new RawClient(gateway.origin);
    await client.write(
      postBytes(JSON.stringify({ query, variables: {} }), { authorization: 'Token sandbox' }),
    );
    const socket = await arrival;
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    const { connections } = gateway.inFlight();
    client.goAway();
    await until(() => expect(gateway.inFlight().connections).toBeLessThan(connections));
    const answer = withNewPart(success);
    socket.write(answer.slice(0, 200));
    await roundTrips(gateway.origin);
    socket.write(answer.slice(200));
    await until(() => expect(gateway.inFlight().requests).toBe(0));
    expect(isClosed).toBe(false);

    // The connection is still usable for the next reply.
    const used = upstream.used();
    expect((await post(gateway, query)).body.data.replyToConversation.__typename).toBe(
      'ReplyToConversationPayload',
    );
    expect(upstream.used()).toBe(used);
    expect(upstream.bodies).toHaveLength(before + 2);
    expect(gateway.errors).toEqual([]);
  });
});

async function writeSlowly(socket: Socket, text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const character of text) {
    socket.write(character);
    await new Promise(setImmediate);
  }
}

/** A port with a full backlog that accepts no connection: clients get no response. */
async function startDeafServer(): Promise<string> {
  const source = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      setImmediate(() => {
        parentPort.postMessage(server.address().port);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });
    });`;
  const worker = new Worker(source, { eval: true });
  const [port] = await once(worker, 'message');
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  // The operating system holds one more than the backlog.
  await until(() => expect(fillers.filter(({ readyState }) => readyState === 'open')).toHaveLength(2));
  onTestFinished(async () => {
    for (const filler of fillers) filler.destroy();
    await worker.terminate();
  });
  return `http://127.0.0.1:${port}`;
}
