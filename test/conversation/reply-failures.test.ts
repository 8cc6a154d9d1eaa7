/** The failure of an invalid reply lists its issues. */

import { expect, test } from 'vitest';
import { invalidReply } from '../../src/conversation/reply-failures.ts';

test('the message contains the opening, and each issue with its path', () => {
  const issues = [
    { path: ['actions', '0', 'quickReply', 'body'], message: 'Too long.' },
    { path: [], message: 'Not this one.' },
  ];
  expect(invalidReply('Nothing was sent.', issues)).toEqual({
    kind: 'invalidReply',
    message: 'Nothing was sent. actions.0.quickReply.body: Too long. Not this one.',
    delivery: 'NOT_DELIVERED',
    issues,
  });
});

test('without issues the message is the opening', () => {
  expect(invalidReply('Refused.', []).message).toBe('Refused.');
});
