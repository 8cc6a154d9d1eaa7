/**
 * A property: for every fault at every point, Dashly gets a reply at most once, and the gateway reports that it exists or does not exist
 * only with proof: a refusal that was read to its end, an envelope of success, its part in the conversation, or nothing written.
 */

import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway/start-gateway.ts';
import { file, form, map, operations } from '../../support/multipart-body.ts';
import { makeCertificate } from '../../support/proxy/make-certificate.ts';
import { type ProxiedConnection, startProxy, type Way } from '../../support/proxy/start-proxy.ts';
import { seededRandom } from '../../support/random-selection.ts';
import { roundTrips, until } from '../../support/until.ts';
import {
  documentedAnswer,
  documentedConversation,
  startTcpUpstream,
  withNewPart,
} from '../../support/upstream/start-upstream.ts';
import {
  type Fault,
  type FaultyUpstream,
  type FaultyUpstreamOptions,
  goodAnswer,
  type Progress,
  type Proof,
  startFaultyUpstream,
  textOf,
} from './start-faulty-upstream.ts';

const timeoutMs = 400;
/** For an overloaded machine with many concurrent cases. */
const slackMs = 15_000;
/** How many gateways run concurrently. */
const lanes = 32;

type Carries = 'text' | 'file';

/** Spans many packets, and more than one chunk of a file on disk. */
const content = Buffer.alloc(200_000, 'x');

const mutation = `mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) {
  __typename
  ... on ReplyToConversationPayload { recovered part { body } }
  ... on ReplyError { delivery }
  ... on DashlyUnavailableError { reason }
} }`;

interface Result {
  readonly __typename: string;
  readonly delivery?: 'NOT_DELIVERED' | 'UNKNOWN' | 'DELIVERED';
  readonly reason?: string;
  /** Whether the part was found in the conversation. */
  readonly recovered?: boolean;
  readonly part?: { readonly body: string };
}

const sent: Result = { __typename: 'ReplyToConversationPayload' };

/** Sends a reply with this text, and expects a typed result in time, for every outcome. */
async function send(
  gateway: TestGateway,
  text: string,
  carries: Carries,
  more: object = {},
): Promise<Result> {
  const started = performance.now();
  const variables = { input: { conversationId: documentedConversation, body: text, ...more } };
  const withFile = { input: { ...variables.input, attachment: { file: null } } };
  const [type, body] =
    carries === 'text'
      ? ['application/json', JSON.stringify({ query: mutation, variables })]
      : [
          'multipart/form-data; boundary=x-x-boundary-7e3',
          new Uint8Array(form(operations(withFile, mutation), map(), file(content))),
        ];
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': type, authorization: 'Token sandbox', 'apollo-require-preflight': 'yes' },
    body,
  });
  const answer = await response.text();
  expect({ status: response.status, answer }).toEqual({
    status: 200,
    answer: expect.stringMatching(/^{"data":{"replyToConversation":{"__typename":"\w+"/),
  });
  expect(performance.now() - started).toBeLessThan(timeoutMs + slackMs);
  return JSON.parse(answer).data.replyToConversation;
}

/** Checks that the next reply succeeds: on an overloaded machine a reply may time out, but not repeatedly. */
async function expectWell(gateway: TestGateway, text: string, carries: Carries): Promise<void> {
  const began = performance.now();
  for (let time = 1; ; time++) {
    const result = await send(gateway, `${text}-well-${time}`, carries);
    const isOver = performance.now() - began > 20_000;
    if (isOver || result.reason !== 'TIMEOUT') return expect(result).toMatchObject(sent);
    late++;
  }
}

/** How often each result occurred in all cases. */
const findings = new Map<string, Map<string, number>>();
let cases = 0;
let late = 0;

function record(kind: string, { __typename, reason, delivery }: Result): void {
  const result = [reason ?? __typename.replace(/ReplyToConversationPayload/, 'sent'), delivery]
    .filter(Boolean)
    .join(' ');
  // The position of the failure, without the connection and the body.
  const place = kind.slice(kind.lastIndexOf(', ') + 1).trim();
  const counts = findings.get(place) ?? new Map<string, number>();
  findings.set(place, counts.set(result, (counts.get(result) ?? 0) + 1));
  cases++;
}

afterAll(() => {
  const lines = [...findings].map(([kind, counts]) => {
    const results = [...counts].sort(([, a], [, b]) => b - a).map(([result, count]) => `${count} ${result}`);
    return `  ${kind}: ${results.join(', ')}`;
  });
  console.log(
    `${cases} replies met a fault (after ${late} of them the next one was late):\n${lines.join('\n')}`,
  );
});

/** The result of each reply; compared with the replies that arrived at the end. */
class Ledger {
  readonly #results = new Map<string, Result>();

  note(text: string, result: Result): void {
    this.#results.set(text, result);
  }

  /** With `isKnown`, no reply that arrived whole may be unknown. */
  check({ arrivals, proofs }: Pick<FaultyUpstream, 'arrivals' | 'proofs'>, isKnown = false): void {
    const doubled = [...arrivals].filter(([, count]) => count > 1);
    expect(doubled).toEqual([]);
    const denied = [...this.#results].filter(([, { delivery }]) => delivery === 'NOT_DELIVERED');
    expect(denied.filter(([text]) => arrivals.has(text) && proofs.get(text) !== 'refused')).toEqual([]);
    const claimed = [...this.#results].filter(
      ([, { __typename, delivery }]) => __typename === sent.__typename || delivery === 'DELIVERED',
    );
    // An answer may be sent before the end of the request, which is not counted then.
    const answered = claimed.filter(([, { recovered }]) => !recovered);
    expect(answered.filter(([text]) => arrivals.has(text) && proofs.get(text) !== 'created')).toEqual([]);
    const found = claimed.filter(([, { recovered }]) => recovered);
    expect(found.filter(([text, { part }]) => part?.body !== text || !arrivals.has(text))).toEqual([]);
    expect(found.filter(([text]) => proofs.get(text) === 'refused')).toEqual([]);
    const isUnknown = ([text, { delivery }]: [string, Result]): boolean =>
      delivery === 'UNKNOWN' && arrivals.has(text) && proofs.get(text) !== 'refused';
    if (isKnown) expect([...this.#results].filter(isUnknown)).toEqual([]);
  }
}

const write = (bytes: string) => (socket: Socket) => {
  socket.write(withNewPart(bytes));
  return true;
};
const silently = (action: (socket: Socket) => unknown) => (socket: Socket) => {
  action(socket);
  return false;
};
const resetAfter = (bytes: string) =>
  silently((socket) => socket.write(withNewPart(bytes), () => setImmediate(() => socket.resetAndDestroy())));

const refusal = (status: number, more = '') =>
  `HTTP/1.1 ${status} Refused\r\ncontent-length: 2\r\n${more}\r\n{}`;
const answer = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const closing = 'connection: close\r\n';
const goodHead = goodAnswer.slice(0, goodAnswer.indexOf('\r\n\r\n') + 4);

/** What may happen at any time. */
const actions: readonly (readonly [name: string, act: Fault['act'], proof?: Proof])[] = [
  ['the connection is ended', silently((socket) => socket.end())],
  ['the connection is closed', silently((socket) => socket.destroy())],
  ['the connection is reset', silently((socket) => socket.resetAndDestroy())],
  ['nothing more is read', silently((socket) => socket.pause())],
  ['nothing more is said', silently(() => {})],
  ['garbage', silently(write('\u0000\u0016\u0003garbage\r\n\r\n'))],
  ['garbage and the end', silently((socket) => socket.end('garbage'))],
  ['100 and silence', silently(write('HTTP/1.1 100 Continue\r\n\r\n'))],
  ['103 and silence', silently(write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'))],
  ['103 and the end', silently((socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n'))],
  ['101', silently(write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'))],
  ['103 and a good answer', write(`HTTP/1.1 103 Early Hints\r\n\r\n${goodAnswer}`), 'created'],
  ['100 and a good answer', write(`HTTP/1.1 100 Continue\r\n\r\n${goodAnswer}`)],
  ['a good answer', write(goodAnswer), 'created'],
  ['a good answer and silence', silently(write(goodAnswer)), 'created'],
  ['two good answers', write(goodAnswer + goodAnswer), 'created'],
  ['a good answer and the end', silently((socket) => socket.end(withNewPart(goodAnswer))), 'created'],
  ['a good answer and a reset', resetAfter(goodAnswer), 'created'],
  ['an answer of success without its data', write(answer('{"meta":{"status":200}}')), 'created'],
  ['200 without an envelope', write(answer('<html>'))],
  ['200 without a body', write(answer(''))],
  ['204', write('HTTP/1.1 204 No Content\r\n\r\n')],
  ['an envelope without a status', write(answer(JSON.stringify({ ...documentedAnswer, meta: {} })))],
  ['a refusal as a 200', write(answer('{"meta":{"status":400,"error":"LookupError"}}')), 'refused'],
  [
    'a refusal as a 200, cut off',
    silently((socket) => socket.end(answer('{"meta":{"status":400,"error":"LookupError"}}').slice(0, -1))),
  ],
  ['half of a good answer and the end', silently((socket) => socket.end(goodAnswer.slice(0, 400)))],
  ['half of a good answer and silence', silently(write(goodAnswer.slice(0, 400)))],
  ['half of a good answer and a reset', resetAfter(goodAnswer.slice(0, 400))],
  ['a refusal', write(refusal(400)), 'refused'],
  ['a refusal and the end', silently((socket) => socket.end(refusal(413, closing))), 'refused'],
  ['a refusal and a reset', resetAfter(refusal(401)), 'refused'],
  ['half of a refusal and silence', silently(write(refusal(403).slice(0, -1)))],
  ['a 408 and the end', silently((socket) => socket.end(refusal(408, closing)))],
  ['a 500', write(refusal(500))],
  ['a 503 and the end', silently((socket) => socket.end(refusal(503, closing)))],
  ['a redirect', write(refusal(302, 'location: /\r\n'))],
];

const places: readonly (readonly [place: string, isDue: Fault['isDue']])[] = [
  ['before the request', 'accept'],
  ['at the first byte of the request', () => true],
  ['within the head of the request', ({ bytes }) => bytes >= 60],
  ['after the head of the request', ({ headBytes }) => headBytes !== null],
  ['within the body of the request', ({ headBytes, bytes }) => headBytes !== null && bytes > headBytes],
  ['after half of the request', half],
  ['before the last byte of the request', ({ bytes, totalBytes }) => bytes === (totalBytes ?? 0) - 1],
  ['after the request', () => false],
];

function half({ bytes, totalBytes }: Progress): boolean {
  return totalBytes !== null && bytes >= totalBytes / 2;
}

const faultsOfRequests: readonly Fault[] = places.flatMap(([place, isDue]) =>
  actions.map(([name, act, proof = null]) => ({ name, group: place, isDue, act, proof })),
);

const goodJson = goodAnswer.slice(goodHead.length);
const size = Buffer.byteLength(goodJson);
const chunkedHead = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

/** Responses, which are truncated at several lengths. */
const answers: readonly (readonly [name: string, bytes: string, proof?: Proof])[] = [
  ['a good answer', goodAnswer, 'created'],
  [
    'an answer in chunks',
    `${chunkedHead}80\r\n${goodJson.slice(0, 0x80)}\r\n${(size - 0x80).toString(16)}\r\n${goodJson.slice(0x80)}\r\n0\r\n\r\n`,
    'created',
  ],
  ['an answer without a length', `HTTP/1.1 200 OK\r\n\r\n${goodJson}`, 'created'],
  [
    'an answer that is shorter than its Content-Length',
    goodAnswer.replace(`length: ${size}`, `length: ${size + 9}`),
  ],
  [
    'an answer that is longer than its Content-Length',
    goodAnswer.replace(`length: ${size}`, `length: ${size - 9}`),
  ],
  ['an old answer', goodAnswer.replace('1.1', '1.0'), 'created'],
  ['a refusal', refusal(400), 'refused'],
  ['a 500', refusal(500)],
];

const breaks: readonly (readonly [kind: string, act: (socket: Socket, bytes: string) => unknown])[] = [
  ['the end', (socket, bytes) => socket.end(bytes)],
  ['a reset', (socket, bytes) => resetAfter(bytes)(socket)],
  ['silence', (socket, bytes) => socket.write(bytes)],
  ['garbage', (socket, bytes) => socket.write(`${bytes}\u0000\u0001\r\n\r\nHTTP/9.9 zzz\r\n\r\n`)],
];

/** Most positions in the head, some in the body, and each of the last. */
function cutsOf(bytes: string): number[] {
  const head = bytes.indexOf('\r\n\r\n') + 4;
  const all = Array.from({ length: bytes.length + 1 }, (_, index) => index);
  return all.filter((k) =>
    k <= head ? k % 3 === 0 || k > head - 5 || (k > 8 && k < 16) : k > bytes.length - 4 || k % 173 === 0,
  );
}

const faultsOfAnswers: readonly Fault[] = answers.flatMap(([name, bytes, proof = null]) =>
  breaks.flatMap(([end, act]) =>
    cutsOf(bytes).map((k) => {
      const head = bytes.indexOf('\r\n\r\n') + 4;
      const part = k < head ? 'in the head' : k < bytes.length ? 'in the body' : 'at the end';
      return {
        name: `${end} after ${k} bytes`,
        group: `${part} of ${name}`,
        isDue: () => false,
        act: silently((socket) => act(socket, withNewPart(bytes).slice(0, k))),
        // A truncated response proves nothing; the body of a refusal may be garbage, as from a proxy.
        proof: k === bytes.length || (proof === 'refused' && end === 'garbage' && k >= head) ? proof : null,
      };
    }),
  ),
);

/** Runs the cases in several concurrent lanes, each with its own upstream and gateway. */
async function runInLanes<Case>(
  all: readonly Case[],
  options: {
    readonly upstream: FaultyUpstreamOptions;
    readonly connections?: number;
    readonly environment?: Record<string, string>;
    /** Whether each reply that arrived whole must be known. */
    readonly isKnownAtEnd?: boolean;
  },
  run: (
    stage: { upstream: FaultyUpstream; gateway: TestGateway; ledger: Ledger },
    it: Case,
    id: string,
  ) => Promise<void>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: Math.min(lanes, all.length) }, async (_, lane) => {
      const upstream = await startFaultyUpstream(options.upstream);
      const gateway = await startGateway({
        DASHLY_API_URL: upstream.url,
        DASHLY_TIMEOUT_MS: String(timeoutMs),
        DASHLY_MAX_CONNECTIONS: String(options.connections ?? 1 + (lane % 3)),
        ...options.environment,
      });
      const ledger = new Ledger();
      for (const [index, it] of all.entries()) {
        if (index % lanes === lane) await run({ upstream, gateway, ledger }, it, `case-${index}`);
      }
      await sleep(100);
      ledger.check(upstream, options.isKnownAtEnd);
      expect(gateway.errors).toEqual([]);
    }),
  );
}

const everyWay = (['text', 'file'] as const).flatMap((carries) =>
  [false, true].map((keepsAlive) => [carries, keepsAlive ? 'used' : 'fresh', keepsAlive] as const),
);

describe('one fault at one position', () => {
  test.each(everyWay)(
    'for a reply with a %s, on a %s connection',
    async (carries, connection, keepsAlive) => {
      // After a request has arrived completely, its kind makes no difference: these cases run in one variant only.
      const [every, first] = carries === 'text' ? [2, Number(keepsAlive)] : [8, Number(keepsAlive) * 3];
      const more = faultsOfAnswers.filter((_, index) => index % every === first);
      const all = [...faultsOfRequests, ...more];
      await runInLanes(
        all,
        { upstream: { keepsAlive } },
        async ({ upstream, gateway, ledger }, fault, id) => {
          if (keepsAlive) await expectWell(gateway, `${id}-before`, 'text');
          upstream.arm(fault);
          const result = await send(gateway, id, carries);
          upstream.arm();
          ledger.note(id, result);
          record(`${carries}, ${connection} connection, ${fault.group}`, result);
          await expectWell(gateway, id, 'text');
        },
      );
    },
  );

  test.each([1, 2])('for one of several replies on %i connections', async (connections) => {
    const all = [...faultsOfRequests, ...faultsOfAnswers.filter((_, index) => index % 12 === 0)];
    const upstream = { keepsAlive: true };
    await runInLanes(all, { upstream, connections }, async ({ upstream, gateway, ledger }, fault, id) => {
      upstream.arm(fault);
      const texts = [1, 2, 3, 4].map((reply) => `${id}-${reply}`);
      await Promise.all(
        texts.map(async (text, index) => {
          const result = await send(gateway, text, index % 3 === 1 ? 'file' : 'text');
          ledger.note(text, result);
          record(`several replies on ${connections}, ${fault.group}`, result);
        }),
      );
      upstream.arm();
      await expectWell(gateway, id, 'text');
    });
  });
});

describe('one fault at one position, with look-ups', () => {
  // The first look is at most 600 ms after the call, and the second one would be later than that.
  const environment = { RECOVERY_TIMEOUT_MS: '1199' };

  test.each([
    ['text', 'a used connection', 'can be read', true, true, 1],
    ['file', 'a fresh connection', 'can be read', false, true, 3],
    ['text', 'a used connection', 'can no longer be read', true, false, 3],
  ] as const)(
    'for a reply with a %s, on %s, whose conversation %s',
    async (carries, _on, _can, keepsAlive, isReadable, every) => {
      const requests = faultsOfRequests.filter((_, index) => index % every === 0);
      const all = [...requests, ...faultsOfAnswers.filter((_, index) => index % 16 === every)];
      const ready = new Set<TestGateway>();
      await runInLanes(
        all,
        { upstream: { keepsAlive, hasParts: true }, environment, isKnownAtEnd: isReadable },
        async ({ upstream, gateway, ledger }, fault, id) => {
          if (!ready.has(gateway)) {
            ready.add(gateway);
            // The gateway looks nothing up before it has read a success back. On a busy machine it may be too late to read the first one.
            let count = 0;
            await until(async () => {
              await expectWell(gateway, `${id}-ready-${++count}`, 'text');
              expect(upstream.reads).toBeGreaterThan(0);
            });
            await roundTrips(gateway.origin);
            if (!isReadable) upstream.hideParts();
          }
          if (keepsAlive) await expectWell(gateway, `${id}-before`, 'text');
          upstream.arm(fault);
          const key = { idempotencyKey: id };
          let result = await send(gateway, id, carries, key);
          upstream.arm();
          record(`${fault.group} if ${isReadable ? 'it is looked up' : 'looking fails'}`, result);
          // On a busy machine the only look-up may be too late. Another call with the key repeats it.
          if (result.delivery === 'UNKNOWN') result = await send(gateway, id, carries, key);
          ledger.note(id, result);
          if (!isReadable) expect(result.recovered ?? false).toBe(false);
        },
      );
    },
  );
});

describe('a connection that the upstream closes after its response', () => {
  const closes: readonly (readonly [how: string, close: (socket: Socket) => unknown])[] = [
    ['ended', (socket) => socket.end()],
    ['closed', (socket) => socket.destroy()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ];
  const moments: readonly (readonly [when: string, wait: (then: () => void) => unknown])[] = [
    ['a moment later', setImmediate],
    ...[1, 2, 3, 5, 10].map((ms) => [`${ms} ms later`, (then: () => void) => setTimeout(then, ms)] as const),
  ];
  const all = closes.flatMap(([how, close]) =>
    moments.map(([when, wait]) => ({ name: `${how} ${when}`, close, wait })),
  );

  test('sends nothing twice', async () => {
    await Promise.all(
      all.map(async ({ name, close, wait }) => {
        const upstream = await startFaultyUpstream({
          keepsAlive: true,
          afterAnswer: (socket) => void wait(() => close(socket)),
        });
        const environment = { DASHLY_API_URL: upstream.url, DASHLY_MAX_CONNECTIONS: '1' };
        const gateway = await startGateway({ ...environment, DASHLY_TIMEOUT_MS: String(timeoutMs) });
        const ledger = new Ledger();
        for (let index = 0; index < 30; index++) {
          const result = await send(gateway, `idle-${index}`, index % 4 === 3 ? 'file' : 'text');
          ledger.note(`idle-${index}`, result);
          record(`an idle connection is ${name.split(' ')[0]}`, result);
          await sleep(index % 6);
        }
        await sleep(100);
        ledger.check(upstream);
        expect(gateway.errors).toEqual([]);
      }),
    );
  });
});

describe('many faults at random', () => {
  test.each([1, 2, 3])('with the seed %i', async (seed) => {
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const faults = [...faultsOfRequests, ...faultsOfAnswers];
    const rounds = Array.from({ length: 128 }, () => ({
      faults: Array.from({ length: 1 + below(4) }, () => faults[below(faults.length)] as Fault),
      replies: Array.from({ length: 1 + below(6) }, () => ({
        carries: random() < 0.3 ? ('file' as const) : ('text' as const),
        delay: below(4) * below(30),
      })),
    }));
    const upstream = { keepsAlive: seed % 2 === 0 };
    await runInLanes(rounds, { upstream }, async ({ upstream, gateway, ledger }, { faults, replies }, id) => {
      upstream.arm(...faults);
      await Promise.all(
        replies.map(async ({ carries, delay }, index) => {
          await sleep(delay);
          const text = `${id}-${index}`;
          const result = await send(gateway, text, carries);
          ledger.note(text, result);
          record('many faults at random', result);
        }),
      );
      upstream.arm();
      await expectWell(gateway, id, 'text');
    });
  });
});

describe('without any connection', () => {
  test.each([
    ['no server listens', 'http://127.0.0.1:1'],
    ['the host does not exist', 'https://dashly.invalid'],
  ])('%s', async (kind, url) => {
    const gateway = await startGateway({ DASHLY_API_URL: url, DASHLY_TIMEOUT_MS: String(timeoutMs) });
    const replies = ['text', 'file', 'text', 'file'] as const;
    for (const result of await Promise.all(replies.map((carries) => send(gateway, 'none', carries)))) {
      record(kind, result);
      expect(result.delivery).toBe('NOT_DELIVERED');
    }
    expect(gateway.errors).toEqual([]);
  });
});

describe('over TLS', () => {
  /** This process trusts the certificate until the end of the test. */
  function trust(cert: string): void {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, cert]);
    onTestFinished(() => setDefaultCACertificates(before));
  }

  async function startTlsUpstream(hostName: string, { days = 30, isTrusted = true, keepsAlive = true } = {}) {
    const arrivals = new Map<string, number>();
    const proofs = new Map<string, Proof>();
    const { cert, key } = makeCertificate(hostName, days);
    if (isTrusted) trust(cert);
    const server = createHttpsServer({ cert, key }, async (request, response) => {
      const body = await buffer(request).catch(() => null);
      if (!body) return;
      const text = textOf(body);
      arrivals.set(text, (arrivals.get(text) ?? 0) + 1);
      proofs.set(text, 'created');
      if (!keepsAlive) response.setHeader('connection', 'close');
      response.end(withNewPart(goodJson));
    });
    // Failed handshakes are expected here.
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, arrivals, proofs };
  }

  const startTlsGateway = (port: number, environment: Record<string, string> = {}) =>
    startGateway({
      DASHLY_API_URL: `https://localhost:${port}`,
      DASHLY_TIMEOUT_MS: String(timeoutMs),
      DASHLY_MAX_CONNECTIONS: '2',
      ...environment,
    });

  test.each([
    ['untrusted', 'localhost', 30, false],
    ['for another host', 'elsewhere.test', 30, true],
    ['expired', 'localhost', 0, true],
  ])('rejects a certificate that is %s', async (name, hostName, days, isTrusted) => {
    const { port, arrivals } = await startTlsUpstream(hostName, { days, isTrusted });
    const gateway = await startTlsGateway(port, { DASHLY_TIMEOUT_MS: '10000' });
    for (const carries of ['text', 'file', 'text'] as const) {
      const result = await send(gateway, 'tls', carries);
      record(`TLS: a certificate that is ${name}`, result);
      expect(result).toMatchObject({ delivery: 'NOT_DELIVERED', reason: 'UNREACHABLE' });
    }
    expect(arrivals.size).toBe(0);
    expect(gateway.errors).toEqual([]);
  });

  test.each<[what: string, act: (socket: Socket) => unknown]>([
    ['the end', (socket) => socket.end()],
    ['a reset', (socket) => socket.resetAndDestroy()],
    ['silence', () => {}],
    ['plain HTTP', (socket) => socket.end(goodAnswer)],
    ['garbage', (socket) => socket.end('garbage')],
    ['an alert', (socket) => socket.end(Buffer.from('15030300020228', 'hex'))],
    ['half of an alert', (socket) => socket.end(Buffer.from('150303', 'hex'))],
    ['an empty record', (socket) => socket.write(Buffer.from('1603030000', 'hex'))],
  ])('sends nothing if a handshake is answered by %s', async (what, act) => {
    const meet = async (moment: 'accept' | 'hello') => {
      const url = await startTcpUpstream((socket) => {
        if (moment === 'accept') act(socket);
        else socket.once('data', () => act(socket));
      });
      const gateway = await startTlsGateway(Number(new URL(url).port));
      for (const carries of ['text', 'file', 'text'] as const) {
        const result = await send(gateway, 'tls', carries);
        record(`TLS: a handshake is answered by ${what}`, result);
        expect(result.delivery).toBe('NOT_DELIVERED');
      }
      expect(gateway.errors).toEqual([]);
    };
    await Promise.all([meet('accept'), meet('hello')]);
  });

  interface Cut {
    readonly way: Way;
    readonly after: number;
    readonly kind: string;
    readonly act: (connection: ProxiedConnection) => unknown;
  }

  const cutKinds: readonly (readonly [kind: string, act: Cut['act']])[] = [
    [
      'closed',
      ({ client, server }) => {
        client.destroy();
        server.destroy();
      },
    ],
    [
      'reset',
      ({ client, server }) => {
        client.resetAndDestroy();
        server.resetAndDestroy();
      },
    ],
    ['silent', () => {}],
    ['garbled', ({ client }) => client.write(Buffer.alloc(64, 0x17))],
  ];

  const cuts: readonly Cut[] = (['there', 'back'] as const).flatMap((way) =>
    cutKinds.flatMap(([kind, act]) =>
      Array.from({ length: 32 }, (_, index) => ({
        way,
        kind,
        act,
        after: index < 5 ? index : (index - 4) * 103,
      })),
    ),
  );

  /** Fewer, since a slow machine would time out with so many concurrent handshakes. */
  const tlsLanes = 8;

  test.each(everyWay)(
    'with the TCP connection cut after each number of bytes, for a reply with a %s, on a %s connection',
    async (carries, connection, keepsAlive) => {
      const upstream = await startTlsUpstream('localhost', { keepsAlive });
      const ledger = new Ledger();
      await Promise.all(
        Array.from({ length: tlsLanes }, async (_, lane) => {
          let cut: Cut | null = null;
          let left = 0;
          const dead = new Set<ProxiedConnection>();
          const proxy = await startProxy(upstream.port, (chunk, way, line) => {
            if (dead.has(line)) return Buffer.alloc(0);
            if (!cut || way !== cut.way) return chunk;
            left -= chunk.length;
            if (left > 0) return chunk;
            const { act } = cut;
            cut = null;
            dead.add(line);
            setImmediate(() => act(line));
            return chunk.subarray(0, chunk.length + left);
          });
          const gateway = await startTlsGateway(proxy.port, {
            DASHLY_MAX_CONNECTIONS: String(1 + (lane % 2)),
          });
          for (const [index, it] of cuts.entries()) {
            if (index % tlsLanes !== lane) continue;
            const id = `tls-${lane}-${index}`;
            if (keepsAlive) await expectWell(gateway, `${id}-before`, 'text');
            cut = it;
            left = it.after;
            const result = await send(gateway, id, carries);
            cut = null;
            ledger.note(id, result);
            record(
              `TLS: ${carries}, the line of a ${connection} connection is ${it.kind} on the way ${it.way}`,
              result,
            );
            await expectWell(gateway, id, 'text');
          }
          expect(gateway.errors).toEqual([]);
        }),
      );
      await sleep(100);
      ledger.check(upstream);
    },
  );
});
