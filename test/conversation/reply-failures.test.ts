/** The failure that lists what is wrong with a reply. */

import { expect, test } from 'vitest';
import { invalidReply } from '../../src/conversation/reply-failures.ts';

test('the message has the opening, and each fault with where it is', () => {
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

test('without faults the opening says it all', () => {
  expect(invalidReply('Refused.', []).message).toBe('Refused.');
});
