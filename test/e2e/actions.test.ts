/** Each kind of action is sent to Dashly, and returned in the part. */

import { expect, test } from 'vitest';
import type { ReplyAction } from '../../src/conversation/reply.ts';
import { reply } from '../support/gateway/reply.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';

/** The input of each kind, and what the sandbox returns for it. A kind without a row does not compile. */
const samples: { readonly [Kind in ReplyAction['kind']]: { input: object; returned: object } } = {
  quickReply: {
    input: { body: 'Yes', metaData: { isYes: true } },
    returned: { __typename: 'QuickReply', body: 'Yes', metaData: { isYes: true } },
  },
};

test.each(Object.entries(samples))('%s', async (kind, { input, returned }) => {
  const gateway = await startGateway();
  const sent = await reply(gateway, { conversationId: '1', body: 'x', actions: [{ [kind]: input }] });
  expect(sent.part.actions).toEqual([returned]);
  expect(sent.part.actions[0].__typename, 'a kind of src/conversation/part.ts').not.toBe('OtherAction');
});
