/** The pages of the sandbox show every kind of action that a reply can have. */

import { expect, test } from 'vitest';
import type { ReplyAction } from '../../../src/conversation/reply.ts';
import { readPage } from './read-page.ts';
import { startPages } from './start-pages.ts';

/** An action of each kind as it is sent, and what both views show of it. A kind without a row does not compile. */
const samples: Record<ReplyAction['kind'], { readonly action: object; readonly shown: string }> = {
  quickReply: { action: { type: 'quick_reply', body: 'Press me' }, shown: 'Press me' },
};

test.each(Object.entries(samples))('%s is shown to the customer and to the agent', async (_kind, sample) => {
  const { url, send } = await startPages();
  await send({ actions: JSON.stringify([sample.action]) });
  const { customer, agent } = await readPage(url);
  expect(customer).toContain(sample.shown);
  expect(agent).toContain(sample.shown);
});
