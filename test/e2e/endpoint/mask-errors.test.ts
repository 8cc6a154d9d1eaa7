/** Unexpected errors are logged; the caller gets only a request id. */

import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { ReplyOutcome } from '../../../src/conversation/reply-outcome.ts';
import { maskErrors } from '../../../src/http/endpoint/errors.ts';
import { askJson, type HttpAnswer } from '../../support/gateway/ask.ts';
import { type Answer, startEndpoint, type TestEndpoint } from '../../support/gateway/start-endpoint.ts';

const marker = 'MARKER-7f3a';

/** Fails in conversation 13 as given; all other replies are rejected normally. */
function failIn13(fail: () => ReturnType<Answer>): Answer {
  const refusal: ReplyOutcome = {
    kind: 'replyTargetNotFound',
    message: 'Not there.',
    delivery: 'NOT_DELIVERED',
  };
  return ({ draft }) => (draft.conversationId === '13' ? fail() : Promise.resolve(refusal));
}

const throws = () => {
  throw new Error(marker);
};

/** Failures after the reply, when its response is built. */
const ways: [name: string, fail: () => ReturnType<Answer>][] = [
  ['lacks fields of the schema', async () => ({ kind: 'sent' }) as unknown as ReplyOutcome],
  [
    'has a part that throws',
    async () =>
      ({
        kind: 'sent',
        get part() {
          throw new Error(marker);
        },
      }) as unknown as ReplyOutcome,
  ],
];

const ofPart = '... on ReplyToConversationPayload { part { id } }';
const failingLater = `mutation { replyToConversation(input: { conversationId: "13" }) { __typename ${ofPart} } }`;

/** The first response is from Yoga, the second from the compiled operation. */
async function askTwice(endpoint: TestEndpoint, query: string, headers = {}): Promise<HttpAnswer[]> {
  const prime = await askJson(endpoint.url, { query: '{ __typename }' }, headers);
  expect(prime.status).toBe(200);
  const before = endpoint.yogaCalls();
  const answers = [
    await askJson(endpoint.url, { query }, headers),
    await askJson(endpoint.url, { query }, headers),
  ];
  expect(endpoint.yogaCalls() - before).toBe(1);
  return answers;
}

describe('an unexpected failure after the reply', () => {
  test.each(ways)('that %s is masked in the same way on both paths', async (_name, fail) => {
    const endpoint = await startEndpoint(failIn13(fail));
    const answers = await askTwice(endpoint, failingLater);
    answers.forEach((answer, index) => {
      const requestId = answer.headers['x-request-id'];
      expect(requestId).toMatch(/./);
      expect(JSON.parse(answer.text)).toEqual({
        data: null,
        errors: [
          {
            message: 'Unexpected error.',
            path: ['replyToConversation', 'part'],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
          },
        ],
      });
      expect(endpoint.logged[index]?.message).toContain(requestId);
    });
    expect(endpoint.logged).toHaveLength(2);
    expect(answers[0]?.headers['x-request-id']).not.toBe(answers[1]?.headers['x-request-id']);
  });

  test('is logged with its original error', async () => {
    const error = new Error(marker);
    const outcome = {
      kind: 'sent',
      get part() {
        throw error;
      },
    } as unknown as ReplyOutcome;
    const endpoint = await startEndpoint(failIn13(async () => outcome));
    await askJson(endpoint.url, { query: failingLater });
    expect(endpoint.logged).toHaveLength(1);
    expect(endpoint.logged[0]?.error).toBe(error);
  });

  test.each(['application/json', 'application/graphql-response+json'])(
    'has the same status and type on both paths for %s',
    async (accept) => {
      const endpoint = await startEndpoint(
        failIn13(async () => ({ kind: 'sent' }) as unknown as ReplyOutcome),
      );
      const [long, short] = await askTwice(endpoint, failingLater, { accept });
      expect([short?.status, short?.headers['content-type']]).toEqual([
        long?.status,
        long?.headers['content-type'],
      ]);
    },
  );
});

describe('an unexpected failure of one reply', () => {
  const selection =
    '{ __typename ... on ReplyError { message delivery } ... on GatewayUnavailableError { reason } }';
  const query = (key = '') => `mutation {
    first: replyToConversation(input: { conversationId: "1" }) ${selection}
    bad: replyToConversation(input: { conversationId: "13"${key} }) ${selection}
    last: replyToConversation(input: { conversationId: "2" }) ${selection}
  }`;
  const refused = {
    __typename: 'ReplyTargetNotFoundError',
    message: 'Not there.',
    delivery: 'NOT_DELIVERED',
  };

  test.each<[name: string, answer: Answer, key: string, delivery: string]>([
    ['throws', throws, '', 'NOT_DELIVERED'],
    ['rejects', () => Promise.reject(new Error(marker)), '', 'NOT_DELIVERED'],
    ['rejects with a string', () => Promise.reject(marker), '', 'NOT_DELIVERED'],
    ['rejects, with a key that an earlier call may have used', throws, ', idempotencyKey: "k"', 'UNKNOWN'],
    [
      'rejects after a write may have happened',
      async ({ onWrite }) => {
        onWrite();
        throw new Error(marker);
      },
      '',
      'UNKNOWN',
    ],
    ['has an unknown kind', async () => ({ kind: marker }) as unknown as ReplyOutcome, '', 'NOT_DELIVERED'],
    ['is null', async () => null as unknown as ReplyOutcome, '', 'NOT_DELIVERED'],
  ])('that %s does not affect the others', async (_name, answer, key, delivery) => {
    const endpoint = await startEndpoint((command) => failIn13(() => answer(command))(command));
    const { status, text, headers } = await askJson(endpoint.url, { query: query(key) });
    const requestId = headers['x-request-id'];
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      data: {
        first: refused,
        bad: {
          __typename: 'GatewayUnavailableError',
          reason: 'INTERNAL_ERROR',
          message: expect.stringContaining(`(request ${requestId})`),
          delivery,
        },
        last: refused,
      },
    });
    expect(text).not.toContain(marker);
    expect(endpoint.logged).toHaveLength(1);
    expect(endpoint.logged[0]?.message).toContain(requestId);
  });

  test('is logged with its original error', async () => {
    const error = new Error(marker);
    const endpoint = await startEndpoint(failIn13(() => Promise.reject(error)));
    await askJson(endpoint.url, { query: query() });
    expect(endpoint.logged.map((entry) => entry.error)).toEqual([error]);
  });
});

describe('maskErrors', () => {
  const mask = (error: GraphQLError) => {
    const logged: unknown[] = [];
    const result = maskErrors({ data: null, errors: [error] }, 'r1', (_message, cause) => logged.push(cause));
    return { error: result.errors?.[0], logged };
  };

  test('returns a result without errors unchanged', () => {
    const result = { data: { a: 1 } };
    expect(maskErrors(result, 'r1', () => expect.unreachable())).toBe(result);
  });

  test.each<[name: string, error: GraphQLError]>([
    ['created on purpose', new GraphQLError('For you.', { path: ['a', 0] })],
    [
      'thrown on purpose, and located',
      new GraphQLError('For you.', { originalError: new GraphQLError('For you.') }),
    ],
  ])('does not mask an error that was %s', (_name, error) => {
    const masked = mask(error);
    expect(masked.error).toBe(error);
    expect(masked.logged).toEqual([]);
  });

  test.each([1, 2, 3])('finds the cause %i levels down', (levels) => {
    const cause = new RangeError(marker);
    let error: Error = cause;
    for (let level = 0; level < levels; level++)
      error = new GraphQLError(marker, { originalError: error, path: ['a'] });
    const masked = mask(error as GraphQLError);
    expect(masked.logged).toEqual([cause]);
    expect(JSON.stringify(masked.error)).not.toContain(marker);
    expect(masked.error?.path).toEqual(['a']);
    expect(masked.error?.extensions['requestId']).toBe('r1');
  });

  test('keeps the rest of the result, and the order of the errors', () => {
    const expected = new GraphQLError('For you.');
    const unexpected = new GraphQLError(marker, { originalError: new Error(marker) });
    const result = maskErrors({ data: { a: 1 }, errors: [unexpected, expected] }, 'r1', () => {});
    expect(result.data).toEqual({ a: 1 });
    expect(result.errors?.map(({ message }) => message)).toEqual(['Unexpected error.', 'For you.']);
  });
});
