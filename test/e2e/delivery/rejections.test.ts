/** The result and the reported reason of each rejection by Dashly, or by a proxy in front of it. */

import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { replyResponseMaxBytes } from '../../../src/conversation/reply-limits.ts';
import { sendForm } from '../../support/gateway/raw-client.ts';
import { reply } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import { file, form, map, replyOperations } from '../../support/multipart-body.ts';
import {
  answerJson,
  documentedAnswer,
  documentedConversation,
  type Respond,
  startUpstream,
} from '../../support/upstream/start-upstream.ts';

const secret = 'SECRET-UPSTREAM-TEXT';
const input = { conversationId: documentedConversation, body: 'Hi 🎉' };

const dontKnow = 'Whether the reply was created is unknown: check the conversation before sending it again.';
const wasCreated = 'The reply was created: do not send it again.';

const members = {
  tooBig: {
    __typename: 'ReplyTooBigError',
    message: 'The body is too long for Dashly: it has 4 characters.',
    delivery: 'NOT_DELIVERED',
    bodyLength: 4,
  },
  invalid: {
    __typename: 'InvalidReplyError',
    message: 'Dashly rejected the reply as invalid.',
    delivery: 'NOT_DELIVERED',
    issues: [],
  },
  notFound: {
    __typename: 'ReplyTargetNotFoundError',
    message: 'Dashly has no such conversation, admin or user.',
    delivery: 'NOT_DELIVERED',
  },
  notAuthenticated: {
    __typename: 'NotAuthenticatedError',
    message: 'Dashly rejected the token: it is invalid or expired.',
    delivery: 'NOT_DELIVERED',
  },
  denied: {
    __typename: 'PermissionDeniedError',
    message: 'The owner of the token may not reply in this conversation.',
    delivery: 'NOT_DELIVERED',
  },
  tooMany: {
    __typename: 'TooManyRequestsError',
    message: 'The rate limit of Dashly is exceeded; retry later.',
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
    message: `The response of Dashly is not what its API documents. ${dontKnow}`,
    delivery: 'UNKNOWN',
    reason: 'BAD_RESPONSE',
  },
  badSuccess: {
    __typename: 'DashlyUnavailableError',
    message: `The response of Dashly is not what its API documents. ${wasCreated}`,
    delivery: 'DELIVERED',
    reason: 'BAD_RESPONSE',
  },
};

function rejected(status: number, code = `HTTP_${status}`): object {
  return {
    __typename: 'DashlyRejectedError',
    message: `Dashly rejected the reply: ${code} (HTTP status ${status}).`,
    delivery: 'NOT_DELIVERED',
    status,
    code,
  };
}

function refusal(error: unknown, status: unknown): object {
  return { meta: { status, error, error_message: secret, error_fields: { [secret]: [secret] } }, data: {} };
}

type Case = [respond: Respond, member: object];

/** Each reply is sent once, and no text of Dashly is passed on. Each has a token of its own, since a 429 makes a token wait. */
async function expectResults(...cases: Case[]): Promise<void> {
  let current: Respond = answerJson('');
  const { gateway, upstream } = await startStage((response, request) => current(response, request));
  for (const [index, [respond, member]] of cases.entries()) {
    current = respond;
    const before = upstream.requests.length;
    const result = await reply(gateway, input, undefined, { authorization: `Token caller-${index}` });
    expect(result).toEqual(member);
    expect(JSON.stringify(result)).not.toContain('SECRET');
    expect(upstream.requests.slice(before)).toHaveLength(1);
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

test.each(documented)('%s decides, regardless of both statuses', (name, documentedStatus, member) => {
  const statuses = new Set([documentedStatus, 200, 302, 400, 404, 413, 429, 500, 503]);
  const cases = [...statuses].flatMap((status): Case[] =>
    [status, documentedStatus].map((repeated) => [answerJson(refusal(name, repeated), status), member]),
  );
  const bare: Case = [answerJson({ meta: { error: name } }, documentedStatus), member];
  return expectResults(...cases, bare);
});

test('the rejected parameters are named', () => {
  const meta = {
    status: 400,
    error: 'ValidationError',
    error_message: secret,
    error_fields: { body: secret },
  };
  const issues = [{ path: ['body'], message: 'Dashly rejected the value of body.' }];
  return expectResult(answerJson({ meta, data: {} }, 400), { ...members.invalid, issues });
});

test('the length of a missing body is 0', async () => {
  const { gateway } = await startStage(answerJson(refusal('ReplyTooBig', 400), 400));
  const { bodyLength } = await reply(gateway, { conversationId: '7' });
  expect(bodyLength).toBe(0);
});

describe('undocumented names', () => {
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

  test('a name that is not a plain word is not passed on', async () => {
    const names = [
      `<b>${secret}</b>`,
      secret,
      `Error ${secret}`,
      `Error\n${secret}`,
      'A'.repeat(65),
      `SECRET${'A'.repeat(100_000)}`,
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

  test('a name that is not a string is ignored', async () => {
    const errors = [null, undefined, 5, {}, [], ['LookupError'], { LookupError: 1 }, true];
    await expectResults(
      ...errors.map((error): Case => [answerJson(refusal(error, 418), 418), rejected(418)]),
    );
  });
});

describe('a status of 200 with a different status in the envelope', () => {
  test.each([
    [400, rejected(400)],
    [404, rejected(404)],
    [413, members.tooBig],
    [429, rejected(429)],
    [500, members.serverError],
    [503, members.serverError],
    [408, members.serverError],
    [302, members.badAnswer],
    [201, members.badAnswer],
    [100, members.badAnswer],
    [600, members.badAnswer],
    [0, members.badAnswer],
    [400.5, members.badAnswer],
    ['400 Bad Request', members.badAnswer],
    ['400', rejected(400)],
    [null, members.badAnswer],
    [undefined, members.badAnswer],
    [true, members.badAnswer],
  ])('%s', async (status, member) => {
    await expectResult(answerJson({ meta: { status }, data: {} }), member);
    await expectResult(answerJson({ meta: { status }, data: documentedAnswer.data }), member);
  });

  test('with an undocumented name', () =>
    expectResult(answerJson(refusal('SomethingNew', 409)), rejected(409, 'SomethingNew')));

  test('with an undocumented name and a success status', () =>
    expectResult(
      answerJson({ data: documentedAnswer.data, meta: { status: 200, error: 'Odd' } }),
      members.badAnswer,
    ));
});

describe('a success envelope', () => {
  test.each([200, '200'])('with the status %j and data that is as documented is a reply', async (status) => {
    const { gateway } = await startStage(answerJson({ ...documentedAnswer, meta: { status } }));
    const { __typename } = await reply(gateway, input, '__typename');
    expect(__typename).toBe('ReplyToConversationPayload');
  });

  test.each([{}, null, undefined, [], { reply: { uuid: 1 } }, { ...documentedAnswer.data, id: null }])(
    'with undocumented data (%#) proves that the reply exists',
    async (data) => {
      for (const status of [200, '200'])
        await expectResult(answerJson({ meta: { status }, data }), members.badSuccess);
    },
  );

  test.each([400, 404, 429])('with the status %i proves nothing', async (status) => {
    await expectResult(answerJson(documentedAnswer, status), members.badAnswer);
    await expectResult(answerJson({ meta: { status: 200 }, data: {} }, status), members.badAnswer);
  });
});

describe('a rejection whose name contains the token', () => {
  const token = 'app-1234-a3F9c0FFee77d1.b2';
  const letters = 'app1234a3F9c0FFee77d1b2';

  async function codeFor(error: string, authorization = `Token ${token}`): Promise<string> {
    const { gateway } = await startStage(answerJson(refusal(error, 400), 400));
    const result = await reply(gateway, input, undefined, { authorization });
    expect(result).toMatchObject({ __typename: 'DashlyRejectedError', delivery: 'NOT_DELIVERED' });
    return result.code;
  }

  test.each([
    token,
    `InvalidToken_${token}`,
    `InvalidToken_${letters}`,
    `InvalidToken_${letters.toUpperCase()}`,
    `InvalidToken_${letters.toLowerCase()}`,
    'InvalidToken_app_1234_a3F9c0FFee77d1_b2',
    `InvalidToken[${token}]`,
    `InvalidToken(${letters})`,
    `Token_${letters}_is_wrong`,
    `T${letters.slice(0, 12)}`,
    `T_${letters.slice(-9)}`,
    'a3F9c0FFee77d1',
    'FFee',
    [...letters].join('_'),
  ])('does not pass on %s', async (error) => {
    expect(await codeFor(error)).toBe('HTTP_400');
  });

  test('passes on a name without any of it', async () => {
    expect(await codeFor('InvalidToken_app')).toBe('InvalidToken_app');
  });

  test.each(documented)('counts as %s, though the token contains that', async (name, status, member) => {
    const { gateway } = await startStage(answerJson(refusal(name, status), status));
    const of = (authorization: string) => reply(gateway, input, undefined, { authorization });
    expect(await of(`Token x-${name}-x${status}`)).toEqual(member);
  });
});

const page = `<!DOCTYPE html><html><head><title>${secret}</title></head><body>${secret}</body></html>`;

describe('a response that is not an envelope', () => {
  const unreadable: [title: string, text: string][] = [
    ['HTML', page],
    ['nothing', ''],
    ['a string', secret],
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
      ...cases([200, 201, 299], () => members.badAnswer),
      ...cases([400, 401, 403, 404, 418, 429, 499], (status) => rejected(status)),
      ...cases([413], () => members.tooBig),
      ...cases([408, 500, 502, 503, 504, 599], () => members.serverError),
      ...cases([300, 399, 600, 999], () => members.badAnswer),
    );
  });

  test.each([204, 205])('%d, which has no body', (status) =>
    expectResult((response) => response.writeHead(status).end(), members.badAnswer),
  );

  test('304, which has no body', () =>
    expectResult((response) => response.writeHead(304).end(), members.badAnswer));

  test('bytes that are not text', async () => {
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) % 256));
    await expectResult((response) => response.writeHead(200).end(bytes), members.badAnswer);
    await expectResult((response) => response.writeHead(409).end(bytes), rejected(409));
  });
});

test('a 408 proves something only with a documented name', async () => {
  await expectResult(answerJson(refusal('LookupError', 408), 408), members.notFound);
  await expectResult(answerJson(refusal('RequestTimeout', 408), 408), members.serverError);
  await expectResult(answerJson('{}', 408), members.serverError);
});

describe('the bytes of a response', () => {
  const bytesOf = (json: object) => Buffer.from(JSON.stringify(json));
  const send =
    (bytes: Buffer, status: number, headers: Record<string, string | string[]> = {}): Respond =>
    (response) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes);
  const accepted = bytesOf({ meta: { status: 200 }, data: {} });
  const refused = bytesOf(refusal('LookupError', 400));

  test.each<[coding: string, compress: (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['GZip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (bytes) => bytes],
  ])('are decompressed if a proxy compressed them with %s', async (coding, compress) => {
    const headers = { 'content-encoding': coding };
    await expectResults(
      [send(compress(accepted), 200, headers), members.badSuccess],
      [send(compress(refused), 400, headers), members.notFound],
      [send(compress(refused), 200, headers), members.notFound],
    );
  });

  test.each<[title: string, bytes: Buffer, coding: string | string[]]>([
    ['truncated within a coding', gzipSync(refused).subarray(0, -4), 'gzip'],
    ['of another coding', gzipSync(refused), 'br'],
    ['without the declared coding', refused, 'gzip'],
    ['of an unknown coding', refused, 'zstd'],
    ['of two codings', gzipSync(gzipSync(refused)), 'gzip, gzip'],
    ['of two codings in two headers', gzipSync(gzipSync(refused)), ['gzip', 'gzip']],
    ['larger than the limit once decoded', gzipSync(Buffer.alloc(10_000_000, ' ')), 'gzip'],
    ['in UTF-16', Buffer.from(`\uFEFF${refused}`, 'utf16le'), 'identity'],
    ['not UTF-8', Buffer.from(refused.toString().replace('400', '400, "x": "\u00e9"'), 'latin1'), 'identity'],
    ['followed by other text', Buffer.concat([refused, Buffer.from('<!-- x -->')]), 'identity'],
  ])('that are %s prove nothing', async (_title, bytes, coding) => {
    const headers = { 'content-encoding': coding };
    await expectResult(send(bytes, 200, headers), members.badAnswer);
    await expectResult(send(bytes, 400, headers), rejected(400));
  });

  test('may begin with a byte order mark', async () => {
    const mark = Buffer.from('\uFEFF');
    await expectResults(
      [send(Buffer.concat([mark, accepted]), 200), members.badSuccess],
      [send(Buffer.concat([mark, refused]), 200), members.notFound],
      [send(Buffer.concat([mark, refused]), 400), members.notFound],
    );
  });
});

test('ignores the content type', async () => {
  const { gateway } = await startStage(answerJson(documentedAnswer, 201, { 'content-type': 'text/html' }));
  const { __typename } = await reply(gateway, input, '__typename');
  expect(__typename).toBe('ReplyToConversationPayload');
});

describe('a response that is too long for its reply', () => {
  const flood =
    (status: number): Respond =>
    (response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const write = (left: number): void => {
        if (left === 0) response.end(JSON.stringify(documentedAnswer));
        else if (!response.destroyed) response.write(chunk, () => write(left - 1));
      };
      write(5);
    };

  test.each([
    [200, members.badAnswer],
    [400, members.badAnswer],
    [502, members.serverError],
    [302, members.badAnswer],
  ])('with the status %d is not read to its end', (status, member) => expectResult(flood(status), member));

  /** Responds with that many bytes. */
  const answerOf =
    (bytes: (form: string) => number): Respond =>
    (response, { body }) => {
      const json = JSON.stringify(documentedAnswer);
      response.end(' '.repeat(bytes(body) - json.length) + json);
    };

  test.each([
    ['exactly as long', 0, 'ReplyToConversationPayload'],
    ['longer by one byte', 1, 'DashlyUnavailableError'],
  ])('has a limit that depends on the form of the reply: %s', async (_title, more, member) => {
    const { gateway } = await startStage(answerOf((form) => replyResponseMaxBytes(form.length) + more));
    for (const body of ['Hi', 'x'.repeat(100_000)]) {
      const { __typename } = await reply(
        gateway,
        { conversationId: documentedConversation, body },
        '__typename',
      );
      expect(__typename).toBe(member);
    }
  });

  test('has a limit that ignores the file', async () => {
    // A drawn number has 10 digits if it is the largest.
    const texts = ['id_as_string', 'true', 'include_random_id', 'true', 'body', 'x'.repeat(50_000)];
    const fields = [...texts, 'random_id', '2147483647'].join('');
    for (const [more, member] of [
      [0, 'ReplyToConversationPayload'],
      [1, 'DashlyUnavailableError'],
    ] as const) {
      const { gateway } = await startStage(answerOf(() => replyResponseMaxBytes(fields.length) + more));
      const operations = replyOperations({
        conversationId: documentedConversation,
        body: 'x'.repeat(50_000),
        randomId: 2147483647,
      });
      const answer = await sendForm(gateway.origin, form(operations, map(), file(Buffer.alloc(500_000))));
      expect(answer.body.data.replyToConversation.__typename).toBe(member);
    }
  });

  test('may repeat every character of the reply in six bytes', async () => {
    const { gateway } = await startStage((response, { fields }) => {
      const body = new Map(fields).get('body');
      const json = JSON.stringify({ ...documentedAnswer, data: { ...documentedAnswer.data, body } });
      response.end(
        json.replace(/[^\x20-\x7e]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`),
      );
    });
    for (const character of ['\u0000', '\u007f', 'ж', '👍']) {
      const body = character.repeat(100_000);
      const { part } = await reply(
        gateway,
        { conversationId: documentedConversation, body },
        '... on ReplyToConversationPayload { part { body } }',
      );
      expect(part.body === body).toBe(true);
    }
  });
});

test.each([301, 302, 303, 307, 308])(
  'does not follow a redirect (%d), to this host or another',
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
    const advice = retryAfterSeconds === null ? 'retry later' : `retry in ${retryAfterSeconds} seconds`;
    const message = `The rate limit of Dashly is exceeded; ${advice}.`;
    return expectResult(respond(header), { ...members.tooMany, message, retryAfterSeconds });
  });

  test('a future date becomes a number of seconds', async () => {
    const { gateway } = await startStage(respond(new Date(Date.now() + 100_000).toUTCString()));
    const { retryAfterSeconds } = await reply(
      gateway,
      input,
      '... on TooManyRequestsError { retryAfterSeconds }',
    );
    expect(retryAfterSeconds).toBeGreaterThan(90);
    expect(retryAfterSeconds).toBeLessThanOrEqual(100);
  });

  test('two headers are ignored', () => expectResult(respond(['7', '9']), members.tooMany));

  test('a 429 without an envelope has no field for it', () =>
    expectResult(answerJson(page, 429, { 'retry-after': '7' }), rejected(429)));
});
