/** The `DateTime` scalar: seconds from Dashly, also fractional, are formatted by RFC 3339 in UTC. */

import { expect, test } from 'vitest';
import { reply } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import { answerJson } from '../../support/upstream/start-upstream.ts';

const selection = '__typename ... on ReplyToConversationPayload { part { createdAt editedAt removedAt } }';

async function timesFor(seconds: string) {
  const { gateway } = await startStage(
    answerJson(
      `{"data": {"id": "1", "conversation": "7", "type": "note", "created": ${seconds}, "edited": ${seconds}, "removed": null}, "meta": {"status": 200}}`,
    ),
  );
  return reply(gateway, { conversationId: '7' }, selection);
}

test.each([
  ['0', '1970-01-01T00:00:00.000Z'],
  ['1685352440', '2023-05-29T09:27:20.000Z'],
  ['1685352440.0', '2023-05-29T09:27:20.000Z'],
  ['1.685352440e9', '2023-05-29T09:27:20.000Z'],
  ['1685352440.5', '2023-05-29T09:27:20.500Z'],
  ['1685352440.123', '2023-05-29T09:27:20.123Z'],
  ['1685352440.123456', '2023-05-29T09:27:20.123456Z'],
  ['1685352440.000001', '2023-05-29T09:27:20.000001Z'],
  ['1685352440.100001', '2023-05-29T09:27:20.100001Z'],
  ['1685352439.9999999', '2023-05-29T09:27:20.000Z'],
  ['1685352440.12345678901234567890', '2023-05-29T09:27:20.123457Z'],
  ['253402300799', '9999-12-31T23:59:59.000Z'],
])('formats %s as %s', async (seconds, text) => {
  expect(await timesFor(seconds)).toEqual({
    __typename: 'ReplyToConversationPayload',
    part: { createdAt: text, editedAt: text, removedAt: null },
  });
});

test.each(['-1', '253402300800', '1e400', '12345678901234567890', '"1685352440"', 'null', '{}'])(
  'rejects a response of Dashly with the time %s',
  async (seconds) => {
    expect(await timesFor(seconds)).toEqual({ __typename: 'DashlyUnavailableError' });
  },
);
