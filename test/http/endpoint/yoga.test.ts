/** Yoga executes nothing whose answer it could not write. */

import { expect, test } from 'vitest';
import { askJson } from '../../support/ask.ts';
import { startGateway } from '../../support/start-gateway.ts';
import { startUpstream } from '../../support/start-upstream.ts';

test.each(['text/html', 'image/png', 'text/plain, image/*', 'application/xml;q=1'])(
  'a caller that accepts only %s learns the outcome of its reply, or nothing is sent',
  async (accept) => {
    const upstream = await startUpstream();
    const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
    const query =
      'mutation { replyToConversation(input: { conversationId: 1 }) { __typename ... on ReplyError { delivery } } }';
    for (const _time of [1, 2]) {
      const before = upstream.requests.length;
      const { status, text } = await askJson(url, { query }, { accept });
      const isTold = status === 200 && text.includes('ReplyToConversationPayload');
      expect({ status, isTold }).toEqual({ status, isTold: upstream.requests.length > before });
    }
  },
);
