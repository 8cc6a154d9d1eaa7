/** Every way in which Dashly, or a proxy in front of it, says no: which member it becomes, and what of it is told. */

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { reply } from '../reply.ts';
import { answerJson, documentedAnswer, type Respond, startUpstream } from '../start-upstream.ts';
import { replyBothWays, startStage } from './start-stage.ts';

const secret = 'SECRET-UPSTREAM-TEXT';
const input = { conversationId: '7', body: 'Hi 🎉' };

const dontKnow =
  'Whether the reply was created is not known: look into the conversation before sending it again.';
const wasCreated = 'The reply was created: do not send it again.';

const members = {
  tooBig: {
    __typename: 'ReplyTooBigError',
    message: 'The body, of 4 characters, is too long for Dashly.',
    delivery: 'NOT_DELIVERED',
    bodyLength: 4,
  },
  invalid: {
    __typename: 'InvalidReplyError',
    message: 'Dashly refused the reply as invalid.',
    delivery: 'NOT_DELIVERED',
    issues: [],
  },
  notFound: {
    __typename: 'ReplyTargetNotFoundError',
    message: 'Dashly knows no such conversation, admin or user.',
    delivery: 'NOT_DELIVERED',
  },
  notAuthenticated: {
    __typename: 'NotAuthenticatedError',
    message: 'Dashly did not take the token: it is wrong or expired.',
    delivery: 'NOT_DELIVERED',
  },
  denied: {
    __typename: 'PermissionDeniedError',
    message: "The token's owner may not reply in this conversation.",
    delivery: 'NOT_DELIVERED',
  },
  tooMany: {
    __typename: 'TooManyRequestsError',
    message: 'Dashly takes no more calls for now; send the reply again after a while.',
    delivery: 'NOT_DELIVERED',
    retryAfterSeconds: null,
  },
  serverError: {
    __typename: 'DashlyUnavailableError',
    message: `Dashly failed. ${dontKnow}`,
    delivery: 'UNKNOWN',
    reason: 'SERVER_ERROR',
  },
  badAnswer: {
    __typename: 'DashlyUnavailableError',
    message: `Dashly's answer is not what its API documents. ${dontKnow}`,
    delivery: 'UNKNOWN',
    reason: 'BAD_RESPONSE',
  },
  badSuccess: {
    __typename: 'DashlyUnavailableError',
    message: `Dashly's answer is not what its API documents. ${wasCreated}`,
    delivery: 'DELIVERED',
    reason: 'BAD_RESPONSE',
  },
};

function rejected(status: number, code = `HTTP_${status}`): object {
  return {
    __typename: 'DashlyRejectedError',
    message: `Dashly refused the reply: ${code} (HTTP status ${status}).`,
    delivery: 'NOT_DELIVERED',
    status,
    code,
  };
}

function refusal(error: unknown, status: unknown): object {
  return { meta: { status, error, error_message: secret, error_fields: { [secret]: [secret] } }, data: {} };
}

type Case = [respond: Respond, member: object];

/** For each case the same member both ways, sent once each time, and nothing of what Dashly wrote. */
async function expectResults(...cases: Case[]): Promise<void> {
  let current: Respond = answerJson('');
  const { gateway, upstream } = await startStage((response, request) => current(response, request));
  for (const [respond, member] of cases) {
    current = respond;
    const before = upstream.requests.length;
    const result = await replyBothWays(gateway, input);
    expect(result).toEqual(member);
    expect(JSON.stringify(result)).not.toContain('SECRET');
    expect(upstream.requests.slice(before)).toHaveLength(2);
  }
  expect(gateway.errors).toEqual([]);
}

function expectResult(...[respond, member]: Case): Promise<void> {
  return expectResults([respond, member]);
}

const documented: [name: string, status: number, member: object][] = [
  ['ReplyTooBig', 400, members.tooBig],
  ['ValidationError', 400, members.invalid],
  ['BadRequest', 400, members.invalid],
  ['LookupError', 400, members.notFound],
  ['NotAuthenticated', 401, members.notAuthenticated],
  ['PermissionDeniedError', 403, members.denied],
  ['Error404', 404, rejected(404, 'Error404')],
  ['MethodNotAllowed', 405, rejected(405, 'MethodNotAllowed')],
  ['TooManyRequests', 429, members.tooMany],
  ['Error500', 500, members.serverError],
];

test.each(documented)(
  '%s decides, whatever the status is and the envelope repeats',
  (name, documentedStatus, member) => {
    const statuses = new Set([documentedStatus, 200, 302, 400, 404, 413, 429, 500, 503]);
    const cases = [...statuses].flatMap((status): Case[] =>
      [status, documentedStatus].map((repeated) => [answerJson(refusal(name, repeated), status), member]),
    );
    const bare: Case = [answerJson({ meta: { error: name } }, documentedStatus), member];
    return expectResults(...cases, bare);
  },
);

test('the length of a body that was left out is 0', async () => {
  const { gateway } = await startStage(answerJson(refusal('ReplyTooBig', 400), 400));
  const { bodyLength } = await replyBothWays(gateway, { conversationId: '7' });
  expect(bodyLength).toBe(0);
});

describe('names that are not documented', () => {
  test.each([
    [400, 'SomethingNew', rejected(400, 'SomethingNew')],
    [409, 'Something_New2', rejected(409, 'Something_New2')],
    [413, 'AttachmentTooBig', rejected(413, 'AttachmentTooBig')],
    [401, 'TokenExpired', rejected(401, 'TokenExpired')],
    [400, 'lookuperror', rejected(400, 'lookuperror')],
    [400, 'A'.repeat(64), rejected(400, 'A'.repeat(64))],
    [500, 'SomethingNew', members.serverError],
    [302, 'SomethingNew', members.badAnswer],
  ])('%d with %s', (status, name, member) => expectResult(answerJson(refusal(name, status), status), member));

  test('one that is no plain word is not passed on', async () => {
    const names = [
      `<b>${secret}</b>`,
      secret,
      `Error ${secret}`,
      `Error\n${secret}`,
      'A'.repeat(65),
      `SECRET${'A'.repeat(1_000_000)}`,
      '',
      '5Error',
      'replyToo-big',
      'ОшибкаSECRET',
      'LookupError ',
      'LookupError\n',
      '__proto__',
    ];
    await expectResults(
      ...names.flatMap((name): Case[] => [
        [answerJson(refusal(name, 400), 400), rejected(400)],
        [answerJson(refusal(name, 500), 500), members.serverError],
      ]),
    );
  });

  test('one that is no text does not count', async () => {
    const errors = [null, undefined, 5, {}, [], ['LookupError'], { LookupError: 1 }, true];
    await expectResults(
      ...errors.map((error): Case => [answerJson(refusal(error, 418), 418), rejected(418)]),
    );
  });
});

describe('a status of 200 whose envelope says otherwise', () => {
  test.each([
    [400, rejected(400)],
    [404, rejected(404)],
    [413, members.tooBig],
    [429, rejected(429)],
    [500, members.serverError],
    [503, members.serverError],
    [302, members.badSuccess],
    [100, members.badSuccess],
    [600, members.badSuccess],
    [0, members.badSuccess],
  ])('%d', async (status, member) => {
    await expectResult(answerJson({ meta: { status }, data: {} }), member);
    await expectResult(answerJson({ meta: { status }, data: documentedAnswer.data }), member);
  });

  test('with a name that is not documented', () =>
    expectResult(answerJson(refusal('SomethingNew', 409)), rejected(409, 'SomethingNew')));
});

const page = `<!DOCTYPE html><html><head><title>${secret}</title></head><body>${secret}</body></html>`;

describe('an answer that is no envelope', () => {
  const unreadable: [title: string, text: string][] = [
    ['HTML', page],
    ['nothing', ''],
    ['a text', secret],
    ['half of an object', `{"meta": {"status": 200}, "data": {"id": "${secret}`],
    ['an array', `["${secret}"]`],
    ['null', 'null'],
    ['a number', '12345678901234567890'],
    ['a JSON text', `"${secret}"`],
    ['an empty object', '{}'],
    ['an object of another kind', `{"error": "LookupError", "message": "${secret}"}`],
    ['an envelope of odd types', `{"meta": ["${secret}"], "data": "${secret}"}`],
    ['very deep nesting', '['.repeat(200_000)],
    [
      'very deep nesting with a long number',
      `${'['.repeat(50_000)}12345678901234567890${']'.repeat(50_000)}`,
    ],
  ];

  test.each(unreadable)('%s', async (_title, text) => {
    const html = { 'content-type': 'text/html' };
    const cases = (statuses: number[], member: (status: number) => object): Case[] =>
      statuses.map((status) => [answerJson(text, status, html), member(status)]);
    await expectResults(
      ...cases([200, 201, 299], () => members.badSuccess),
      ...cases([400, 401, 403, 404, 418, 429, 499], (status) => rejected(status)),
      ...cases([413], () => members.tooBig),
      ...cases([500, 502, 503, 504, 599], () => members.serverError),
      ...cases([300, 399, 600, 999], () => members.badAnswer),
    );
  });

  test.each([204, 205])('%d, which has no body', (status) =>
    expectResult((response) => response.writeHead(status).end(), members.badSuccess),
  );

  test('304, which has no body', () =>
    expectResult((response) => response.writeHead(304).end(), members.badAnswer));

  test('compressed without being asked', async () => {
    const respond =
      (status: number): Respond =>
      (response) => {
        response.writeHead(status, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
        response.end(
          gzipSync(JSON.stringify(status === 200 ? documentedAnswer : refusal('LookupError', status))),
        );
      };
    await expectResult(respond(200), members.badSuccess);
    await expectResult(respond(400), rejected(400));
  });

  test('bytes that are no text', async () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) % 256));
    await expectResult((response) => response.writeHead(200).end(bytes), members.badSuccess);
    await expectResult((response) => response.writeHead(409).end(bytes), rejected(409));
  });
});

test('the type of the content does not matter, what is in it does', async () => {
  const { gateway } = await startStage(answerJson(documentedAnswer, 201, { 'content-type': 'text/html' }));
  const { __typename } = await replyBothWays(gateway, input, '__typename');
  expect(__typename).toBe('ReplyToConversationPayload');
});

describe('an answer of more than 8 MiB', () => {
  const flood =
    (status: number): Respond =>
    (response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const write = (left: number): void => {
        if (left === 0) response.end(JSON.stringify(documentedAnswer));
        else if (!response.destroyed) response.write(chunk, () => write(left - 1));
      };
      write(9);
    };

  test.each([
    [200, members.badSuccess],
    [400, rejected(400)],
    [502, members.serverError],
    [302, members.badAnswer],
  ])('with the status %d is not read to its end', (status, member) => expectResult(flood(status), member));

  test('one that is just smaller is read', async () => {
    const { gateway } = await startStage((response) => {
      response.end(`${' '.repeat(7 * 1024 * 1024)}${JSON.stringify(documentedAnswer)}`);
    });
    expect((await replyBothWays(gateway, input, '__typename')).__typename).toBe('ReplyToConversationPayload');
  });
});

test.each([301, 302, 303, 307, 308])(
  'a redirect (%d) is not followed, neither here nor elsewhere',
  async (status) => {
    const elsewhere = await startUpstream();
    for (const location of [
      `${elsewhere.url}/conversations/7/reply`,
      '/elsewhere',
      'https://example.invalid/',
    ]) {
      await expectResult(answerJson(page, status, { location }), members.badAnswer);
    }
    expect(elsewhere.requests).toEqual([]);
  },
);

describe('Retry-After', () => {
  const respond =
    (retryAfter: string | string[]): Respond =>
    (response) => {
      response.statusCode = 429;
      response.setHeader('retry-after', retryAfter);
      response.end(JSON.stringify(refusal('TooManyRequests', 429)));
    };

  test.each([
    ['7', 7],
    ['0', 0],
    ['99999999999999999999', 2147483647],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
    [secret, null],
    ['', null],
  ])('"%s" is %s', (header, retryAfterSeconds) => {
    const advice = retryAfterSeconds === null ? 'after a while' : `in ${retryAfterSeconds} seconds`;
    const message = `Dashly takes no more calls for now; send the reply again ${advice}.`;
    return expectResult(respond(header), { ...members.tooMany, message, retryAfterSeconds });
  });

  test('a date to come is in so many seconds', async () => {
    const { gateway } = await startStage(respond(new Date(Date.now() + 100_000).toUTCString()));
    const { retryAfterSeconds } = await reply(
      gateway,
      input,
      '... on TooManyRequestsError { retryAfterSeconds }',
    );
    expect(retryAfterSeconds).toBeGreaterThan(90);
    expect(retryAfterSeconds).toBeLessThanOrEqual(100);
  });

  test('two of them are none', () => expectResult(respond(['7', '9']), members.tooMany));

  test('429 without an envelope has no place for it', () =>
    expectResult(answerJson(page, 429, { 'retry-after': '7' }), rejected(429)));
});
