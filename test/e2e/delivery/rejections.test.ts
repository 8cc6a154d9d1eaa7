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
  newAnswer,
  type Respond,
  startUpstream,
  withNewPart,
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
    message: `Dashly's response is not what its API documents. ${dontKnow}`,
    delivery: 'UNKNOWN',
    reason: 'BAD_RESPONSE',
  },
  badSuccess: {
    __typename: 'DashlyUnavailableError',
    message: `Dashly's response is not what its API documents. ${wasCreated}`,
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

test.each(documented)('%s', (name, status, member) =>
  expectResult(answerJson(refusal(name, status), status), member),
);

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

test.each([
  [400, 'SomethingNew', rejected(400, 'SomethingNew')],
  [400, `<b>${secret}</b>`, rejected(400)],
  [413, 'AttachmentTooBig', rejected(413, 'AttachmentTooBig')],
  [500, 'SomethingNew', members.serverError],
  [302, 'SomethingNew', members.badAnswer],
])('%d with the undocumented name %s', (status, name, member) =>
  expectResult(answerJson(refusal(name, status), status), member),
);

test.each([200, '200'])('a success with the status %j and documented data is a reply', async (status) => {
  const { gateway } = await startStage(answerJson({ ...documentedAnswer, meta: { status } }));
  const { __typename } = await reply(gateway, input, '__typename');
  expect(__typename).toBe('ReplyToConversationPayload');
});

test.each([{}, null, undefined, [], { reply: { uuid: 1 } }, { ...documentedAnswer.data, id: null }])(
  'a success with undocumented data (%#) proves that the reply exists',
  (data) => expectResult(answerJson({ meta: { status: 200 }, data }), members.badSuccess),
);

test('a name with a part of the token is not passed on', async () => {
  const token = 'app-1234-a3F9c0FFee77d1.b2';
  const { gateway } = await startStage(answerJson(refusal(`InvalidToken_${token.slice(9, 23)}`, 400), 400));
  const result = await reply(gateway, input, undefined, { authorization: `Token ${token}` });
  expect(result).toEqual(rejected(400));
});

const page = `<!DOCTYPE html><html><head><title>${secret}</title></head><body>${secret}</body></html>`;

test('the status of a page without an envelope decides', async () => {
  const html = { 'content-type': 'text/html' };
  await expectResults(
    [answerJson(page, 200, html), members.badAnswer],
    [answerJson(page, 404, html), rejected(404)],
    [answerJson(page, 413, html), members.tooBig],
    [answerJson(page, 429, html), rejected(429)],
    [answerJson(page, 502, html), members.serverError],
  );
});

test.each([204, 205, 304])('%d, which has no body, proves nothing', (status) =>
  expectResult((response) => response.writeHead(status).end(), members.badAnswer),
);

test('bytes that are not text prove nothing', async () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) % 256));
  await expectResult((response) => response.writeHead(200).end(bytes), members.badAnswer);
  await expectResult((response) => response.writeHead(409).end(bytes), members.badAnswer);
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
    await expectResult(send(bytes, 400, headers), members.badAnswer);
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
        if (left === 0) response.end(newAnswer());
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
      const json = newAnswer();
      response.end(' '.repeat(bytes(body) - json.length) + json);
    };

  test.each([
    ['exactly as long', 0, 'ReplyToConversationPayload'],
    ['longer by one byte', 1, 'DashlyUnavailableError'],
  ])('has a limit that depends on the fields of the reply: %s', async (_title, more, member) => {
    const { gateway } = await startStage(
      answerOf((form) => replyResponseMaxBytes([...new URLSearchParams(form)].flat().join('').length) + more),
    );
    for (const body of ['Hi', '/'.repeat(100_000)]) {
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
      const answer = { ...documentedAnswer, data: { ...documentedAnswer.data, body } };
      const json = withNewPart(JSON.stringify(answer));
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
