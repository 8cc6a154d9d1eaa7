/** The log: the fields of its lines, and what it never contains. */

import { describe, expect, test } from 'vitest';
import { createLog, describeError, type LogLevel } from '../../src/telemetry/log.ts';
import type { OperationReport } from '../../src/telemetry/report.ts';
import { lost, overloaded, refused, sampleReply, sampleReport, sent } from './sample-report.ts';

function startLog(level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = createLog({ stream: { write: (line) => void lines.push(line) }, level });
  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line)) };
}

const name = 'graphql.operation.name';
const status = 'http.response.status_code';
const flat = { requestId: 'abcdefgh-1', [name]: 'Reply', [status]: 200, ms: 30.5 };
const none = { upstreamStatus: null, upstreamMs: null };

const traced = { recovered: false, conversationId: '7', randomId: 77 };

test.each<[what: string, report: Partial<OperationReport>, line: object]>([
  [
    'one reply',
    { replies: [sampleReply(sent)] },
    {
      ...flat,
      result: 'ReplyToConversationPayload',
      delivery: 'DELIVERED',
      replayed: false,
      ...traced,
      upstreamStatus: 200,
      upstreamMs: 20.3,
    },
  ],
  [
    'a replay',
    { replies: [sampleReply(sent, 'no call', true)] },
    {
      ...flat,
      result: 'ReplyToConversationPayload',
      delivery: 'DELIVERED',
      replayed: true,
      ...traced,
      ...none,
    },
  ],
  [
    'a rejection',
    { replies: [sampleReply(refused, 401)] },
    {
      ...flat,
      result: 'NotAuthenticatedError',
      delivery: 'NOT_DELIVERED',
      replayed: false,
      ...traced,
      upstreamStatus: 401,
      upstreamMs: 20.3,
    },
  ],
  [
    'a reply with a key that was recovered',
    {
      replies: [
        {
          ...sampleReply({ ...sent, recovered: true }, 503),
          trace: { conversationId: '7', randomId: 77, idempotencyKey: 'key-1' },
        },
      ],
    },
    {
      ...flat,
      result: 'ReplyToConversationPayload',
      delivery: 'DELIVERED',
      replayed: false,
      ...traced,
      recovered: true,
      // printf %s key-1 | sha256sum
      keyHash: 'be2974546978e373',
      upstreamStatus: 503,
      upstreamMs: 20.3,
    },
  ],
  ['no reply', {}, flat],
  ['no name', { operationName: null, status: 401 }, { ...flat, [name]: null, [status]: 401 }],
  ['a long name', { operationName: 'x'.repeat(5_000) }, { ...flat, [name]: 'x'.repeat(100) }],
  [
    'a client that disconnected',
    { status: null },
    { requestId: 'abcdefgh-1', [name]: 'Reply', ms: 30.5, aborted: true },
  ],
])('has a line for %s', (_what, differences, line) => {
  const { log, parsed } = startLog();
  const before = Date.now();
  log.observe(sampleReport(differences));
  expect(parsed()).toEqual([{ level: 'info', time: expect.any(Number), ...line }]);
  const [{ time }] = parsed();
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
});

test('has the trace of the operation', () => {
  const { log, parsed } = startLog();
  log.observe(sampleReport(), '0af7651916cd43dd8448eb211c80319c');
  expect(parsed()).toEqual([
    { level: 'info', time: expect.any(Number), ...flat, trace_id: '0af7651916cd43dd8448eb211c80319c' },
  ]);
});

test('lists the replies of an operation with several', () => {
  const { log, parsed } = startLog();
  log.observe(sampleReport({ replies: [sampleReply(sent), sampleReply(lost, null)] }));
  expect(parsed()).toMatchObject([
    {
      ...flat,
      level: 'warn',
      replies: [
        { result: 'ReplyToConversationPayload', delivery: 'DELIVERED', upstreamStatus: 200 },
        { result: 'DashlyUnavailableError', delivery: 'UNKNOWN', upstreamStatus: null, upstreamMs: 20.3 },
      ],
    },
  ]);
  expect(parsed()[0]).not.toHaveProperty('result');
});

test.each<[level: string, what: string, report: Partial<OperationReport>]>([
  ['info', 'a rejection by the gateway', { status: 401 }],
  ['info', "'a rejection by Dashly'", { replies: [sampleReply(refused, 401)] }],
  ['warn', 'an unknown delivery', { replies: [sampleReply(lost, null)] }],
  ['warn', 'a replay of an unknown delivery', { replies: [sampleReply(lost, 'no call', true)] }],
  ['warn', 'an overloaded gateway', { replies: [sampleReply(overloaded, 'no call')] }],
  ['warn', 'a 503', { status: 503 }],
])('has the level %s for %s', (level, _what, differences) => {
  const { log, parsed } = startLog();
  log.observe(sampleReport(differences));
  expect(parsed()).toMatchObject([{ level }]);
});

test.each<[LogLevel, levels: string[]]>([
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
  ['silent', []],
])('writes lines from level %s on', (level, levels) => {
  const { log, parsed } = startLog(level);
  log.observe(sampleReport());
  log.observe(sampleReport({ status: 503 }));
  log.logError('Message.', new Error());
  expect(parsed().map((line) => line.level)).toEqual(levels);
});

test('contains no text of customers and clients', () => {
  const { log, lines } = startLog();
  const replies = [sent, refused, lost, overloaded].map((outcome) => sampleReply(outcome));
  log.observe(sampleReport({ replies, traceparent: 'trace-parent', tracestate: 'trace-state' }));
  const text = lines.join('');
  if (sent.kind !== 'sent') expect.unreachable();
  else expect(text).not.toContain(sent.part.id);
  expect(text).not.toMatch(/message-of|trace-/);
});

describe('errors', () => {
  test('are logged with their causes, without other properties', () => {
    const { log, lines, parsed } = startLog();
    const cause = Object.assign(new TypeError('inner'), {
      headers: { authorization: 'secret-of-the-cause' },
    });
    const error = Object.assign(new RangeError('outer', { cause }), {
      payload: { sub: 'secret-of-the-error' },
    });
    log.logError('Unexpected error in request abc.', error);
    expect(parsed()).toEqual([
      {
        level: 'error',
        time: expect.any(Number),
        msg: 'Unexpected error in request abc.',
        'exception.type': 'RangeError',
        'exception.message': 'outer',
        'exception.stacktrace': error.stack,
        cause: { type: 'TypeError', message: 'inner', stack: cause.stack },
      },
    ]);
    expect(lines.join('')).not.toContain('secret');
    expect(lines).toHaveLength(1);
    expect(lines.join('').trimEnd()).not.toContain('\n');
  });
});

const circle = new Error('circle');
circle.cause = circle;
const withoutStack = new Error('bare');
delete withoutStack.stack;

test.each<[name: string, thrown: unknown, described: object]>([
  ['a string', 'text', { type: 'string', message: 'text' }],
  ['an object', { password: 'secret' }, { type: 'object' }],
  ['null', null, { type: 'null' }],
  ['undefined', undefined, { type: 'undefined' }],
  ['an error without a stack', withoutStack, { type: 'Error', message: 'bare' }],
  ['a long message', new Error('x'.repeat(100_000)), { message: `${'x'.repeat(8_000)}…` }],
  [
    'several errors at once',
    new AggregateError([new Error('IPv6'), new Error('IPv4')], ''),
    { type: 'AggregateError', errors: [{ message: 'IPv6' }, { message: 'IPv4' }] },
  ],
  [
    'a cause that is not an error',
    new Error('outer', { cause: { token: 'secret' } }),
    { cause: { type: 'object' } },
  ],
])('describes %s', (_name, thrown, described) => {
  expect(describeError(thrown)).toMatchObject(described);
  expect(JSON.stringify(describeError(thrown))).not.toContain('secret');
});

test('stops at circular causes', () => {
  expect(JSON.stringify(describeError(circle)).match(/"message":"circle"/g)).toHaveLength(8);
});
