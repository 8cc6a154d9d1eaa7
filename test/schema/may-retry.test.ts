/** `mayRetry` allows a retry only if the reply cannot be created twice. */

import { expect, test } from 'vitest';
import { mayRetry } from '../../schema/may-retry.ts';

test.each<[result: { __typename: string; delivery?: string }, anyKey: boolean, sameKey: boolean]>([
  [{ __typename: 'TooManyRequestsError', delivery: 'NOT_DELIVERED' }, true, true],
  [{ __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN' }, false, true],
  [{ __typename: 'DashlyUnavailableError', delivery: 'DELIVERED' }, false, false],
  [{ __typename: 'ReplyToConversationPayload' }, false, false],
  [{ __typename: 'IdempotencyConflictError', delivery: 'UNKNOWN' }, false, false],
  [{ __typename: 'LaterError', delivery: 'NOT_DELIVERED' }, true, true],
  [{ __typename: 'LaterError', delivery: 'UNKNOWN' }, false, true],
  [{ __typename: 'LaterError' }, false, false],
])('after %j: %s, with the same key %s', (result, anyKey, sameKey) => {
  expect(mayRetry(result)).toBe(anyKey);
  expect(mayRetry(result, { sameKey: true })).toBe(sameKey);
});
