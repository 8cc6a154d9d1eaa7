/** `matchReply` calls the case of each member, and the compiler requires all cases. */

import { describe, expect, expectTypeOf, test } from 'vitest';
import { matchReply, type ReplyCases } from '../../schema/match-reply.ts';
import type { Delivery, Reply, SendAttachmentMutation } from '../../schema/operations.ts';

const delivery: Delivery = 'NOT_DELIVERED';
const failure = { message: 'No.', delivery };
const tooBig = (): Reply => ({ __typename: 'ReplyTooBigError', bodyLength: 20_001, ...failure });

/** A case for every member, most of which return its name. */
const cases = {
  ReplyToConversationPayload: ({ part }) => `sent ${part.id}`,
  ReplyTooBigError: ({ __typename, message }) => `${__typename}: ${message}`,
  InvalidReplyError: ({ issues }) => issues.map(({ path, message }) => `${path.join('.')} ${message}`).join(),
  ReplyTargetNotFoundError: ({ __typename }) => __typename,
  NotAuthenticatedError: ({ __typename }) => __typename,
  PermissionDeniedError: ({ __typename }) => __typename,
  TooManyRequestsError: ({ __typename }) => __typename,
  AttachmentTooBigError: ({ __typename }) => __typename,
  DashlyRejectedError: ({ __typename }) => __typename,
  DashlyUnavailableError: ({ __typename, delivery }) => `${__typename} ${delivery}`,
  IdempotencyConflictError: ({ __typename }) => __typename,
  GatewayUnavailableError: ({ __typename }) => __typename,
} satisfies ReplyCases<Reply, string>;

describe('matchReply', () => {
  test.each<[Reply, string]>([
    [
      {
        __typename: 'ReplyToConversationPayload',
        replayed: false,
        part: {
          ...{ __typename: 'ConversationPart', id: '7', type: 'REPLY_ADMIN', body: '' },
          createdAt: '2023-05-29T09:27:20.000Z',
        },
      },
      'sent 7',
    ],
    [tooBig(), 'ReplyTooBigError: No.'],
    [
      {
        __typename: 'InvalidReplyError',
        ...failure,
        issues: [{ __typename: 'ReplyIssue', path: ['from', 'adminId'], message: 'is no id' }],
      },
      'from.adminId is no id',
    ],
    [
      {
        ...{ __typename: 'DashlyUnavailableError', message: 'Late.', delivery: 'UNKNOWN' },
        reason: 'TIMEOUT',
      },
      'DashlyUnavailableError UNKNOWN',
    ],
    [
      { __typename: 'GatewayUnavailableError', gatewayReason: 'OVERLOADED', ...failure },
      'GatewayUnavailableError',
    ],
  ])('calls the case for %j', (result, expected) => {
    expect(matchReply(result, cases)).toBe(expected);
  });

  test.each(['BrandNewError', 'constructor', '__proto__'])(
    'calls the function for later members with %s, which has no case',
    (name) => {
      const result = { __typename: name, ...failure } as unknown as Reply;
      expect(
        matchReply(result, cases, ({ __typename, message, delivery }) =>
          [__typename, message, delivery].join(),
        ),
      ).toBe(`${name},No.,NOT_DELIVERED`);
      expect(() => matchReply(result, cases)).toThrow(`No case for ${name}`);
    },
  );

  test('does not compile with a missing or an unknown case', () => {
    const { GatewayUnavailableError: _, ...oneMissing } = cases;
    const result = tooBig();
    // @ts-expect-error One case is missing.
    expect(matchReply(result, oneMissing)).toBe('ReplyTooBigError: No.');
    // @ts-expect-error One case is unknown.
    expect(matchReply(result, { ...cases, ReplyTooLargeError: () => '' })).toBe('ReplyTooBigError: No.');
  });

  test('passes only the selected fields to each case', () => {
    type AttachmentCases = ReplyCases<SendAttachmentMutation['replyToConversation'], void>;
    type Selected<Name extends keyof AttachmentCases> = Parameters<AttachmentCases[Name]>[0];
    expectTypeOf<Selected<'AttachmentTooBigError'>['maxBytes']>().toEqualTypeOf<number>();
    expectTypeOf<Selected<'ReplyTargetNotFoundError'>>().not.toHaveProperty('reason');
    expectTypeOf<Selected<'ReplyToConversationPayload'>['part']['attachments'][number]>().toHaveProperty(
      'url',
    );
  });

  test('returns the types of all cases', () => {
    const result = tooBig();
    expectTypeOf(matchReply(result, cases)).toEqualTypeOf<string>();
    expectTypeOf(matchReply(result, { ...cases, ReplyTooBigError: () => 413 })).toEqualTypeOf<
      string | number
    >();
    expectTypeOf(matchReply(result, cases, () => null)).toEqualTypeOf<string | null>();
  });
});
