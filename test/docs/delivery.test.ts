/** Runs the examples of the page about delivery, and compares its tables with the domain. */

import { expect, test } from 'vitest';
import { gatewayUnavailableReasons, unavailableReasons } from '../../src/conversation/reply-outcome.ts';
import { post } from '../support/gateway/reply.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { blocksBelow, sectionBelow } from './sections.ts';

const page = 'docs/delivery.md';

test('the example of an idempotency key sends its reply once', async () => {
  const gateway = await startGateway();
  const [query = ''] = blocksBelow(page, 'Idempotency keys', 'graphql');
  const send = async () => {
    const { body } = await post(gateway, query, { body: 'Hi', key: 'k1' });
    const { __typename, replayed, part } = body.data.replyToConversation;
    expect(__typename).toBe('ReplyToConversationPayload');
    return { replayed, id: part.id };
  };
  const first = await send();
  expect([first, await send()]).toEqual([
    { ...first, replayed: false },
    { ...first, replayed: true },
  ]);
  expect(gateway.sandbox?.received).toHaveLength(1);
});

test('the tables of outcomes name every reason, and no other', () => {
  const tables = sectionBelow(page, 'Outcomes').split('`GatewayUnavailableError`');
  const reasonsIn = (text = '') =>
    new Set([...text.matchAll(/^\| .* \| `([A-Z_]+)` \| `\w+` \|$/gm)].map(([, reason]) => reason));
  expect(reasonsIn(tables[0])).toEqual(new Set(unavailableReasons));
  expect(reasonsIn(tables[1])).toEqual(new Set(gatewayUnavailableReasons));
});
