/** What nobody expected to fail is told to the log, and to the caller only as an id to ask for. */

import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { ReplyOutcome } from '../../src/conversation/reply-outcome.ts';
import { maskErrors } from '../../src/http/mask-errors.ts';
import { askJson, type HttpAnswer } from './ask.ts';
import { type Answer, startEndpoint, type TestEndpoint } from './start-endpoint.ts';

const marker = 'MARKER-7f3a';
const failing = 'mutation { replyToConversation(input: { conversationId: "13" }) { __typename } }';

/** Fails in conversation 13, in the way that is given; all others are refused as they should be. */
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

const ways: [name: string, fail: () => ReturnType<Answer>][] = [
  ['throws', throws],
  ['rejects', () => Promise.reject(new Error(marker))],
  [
    'throws with a cause',
    () => {
      throw new TypeError('outer', { cause: new Error(marker) });
    },
  ],
  [
    'throws a text',
    () => {
      throw marker;
    },
  ],
  ['gives what the schema does not know', async () => ({ kind: marker }) as unknown as ReplyOutcome],
  ['gives nothing', async () => null as unknown as ReplyOutcome],
];

/** The first answer comes through Yoga, the second from the compiled operation. */
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

describe('an unexpected failure', () => {
  test.each(ways)('that %s is masked alike on both ways', async (_name, fail) => {
    const endpoint = await startEndpoint(failIn13(fail));
    const answers = await askTwice(endpoint, failing);
    answers.forEach((answer, index) => {
      const requestId = answer.headers['x-request-id'];
      expect(requestId).toMatch(/./);
      expect(JSON.parse(answer.text)).toEqual({
        data: null,
        errors: [
          {
            message: 'Unexpected error.',
            path: ['replyToConversation'],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
          },
        ],
      });
      expect(endpoint.logged[index]?.message).toContain(requestId);
    });
    expect(endpoint.logged).toHaveLength(2);
    expect(answers[0]?.headers['x-request-id']).not.toBe(answers[1]?.headers['x-request-id']);
  });

  test('is logged as it was thrown', async () => {
    const error = new Error(marker);
    const endpoint = await startEndpoint(
      failIn13(() => {
        throw error;
      }),
    );
    await askTwice(endpoint, failing);
    expect(endpoint.logged.map((entry) => entry.error)).toEqual([error, error]);
    expect(endpoint.logged[1]?.error).toBe(error);
  });

  test.each(['application/json', 'application/graphql-response+json'])(
    'has the same status and type on both ways for %s',
    async (accept) => {
      const endpoint = await startEndpoint(failIn13(throws));
      const [long, short] = await askTwice(endpoint, failing, { accept });
      expect([short?.status, short?.headers['content-type']]).toEqual([
        long?.status,
        long?.headers['content-type'],
      ]);
    },
  );

  test('ends the operation on both ways: what stands after it is not sent, since nobody would hear of it', async () => {
    const asked: string[] = [];
    const endpoint = await startEndpoint((command) => {
      asked.push(command.draft.conversationId);
      return failIn13(throws)(command);
    });
    const query = `mutation {
      first: replyToConversation(input: { conversationId: "1" }) { __typename }
      bad: replyToConversation(input: { conversationId: "13" }) { __typename }
      last: replyToConversation(input: { conversationId: "2" }) { __typename }
    }`;
    const answers = await askTwice(endpoint, query);
    for (const { text } of answers) {
      const { data, errors } = JSON.parse(text);
      expect(data).toBeNull();
      expect(errors).toHaveLength(1);
      expect(errors[0].path).toEqual(['bad']);
    }
    expect(asked).toEqual(['1', '13', '1', '13']);
  });
});

describe('maskErrors', () => {
  const mask = (error: GraphQLError) => {
    const logged: unknown[] = [];
    const result = maskErrors({ data: null, errors: [error] }, 'r1', (_message, cause) => logged.push(cause));
    return { error: result.errors?.[0], logged };
  };

  test('leaves a result without errors as it is', () => {
    const result = { data: { a: 1 } };
    expect(maskErrors(result, 'r1', () => expect.unreachable())).toBe(result);
  });

  test.each<[name: string, error: GraphQLError]>([
    ['made on purpose', new GraphQLError('For you.', { path: ['a', 0] })],
    [
      'thrown on purpose, and located',
      new GraphQLError('For you.', { originalError: new GraphQLError('For you.') }),
    ],
  ])('lets an error pass that was %s', (_name, error) => {
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

  test('keeps what else the result has, and the errors in their order', () => {
    const expected = new GraphQLError('For you.');
    const unexpected = new GraphQLError(marker, { originalError: new Error(marker) });
    const result = maskErrors({ data: { a: 1 }, errors: [unexpected, expected] }, 'r1', () => {});
    expect(result.data).toEqual({ a: 1 });
    expect(result.errors?.map(({ message }) => message)).toEqual(['Unexpected error.', 'For you.']);
  });
});
