/** The log of outages of Redis: one line when it is lost, and one when it is back. */

import { describe, expect, test } from 'vitest';
import { reply } from '../support/reply.ts';
import { startGateway } from '../support/start-gateway.ts';
import { isRedisMissing, startRedis } from '../support/start-redis.ts';
import { until } from '../support/until.ts';

describe.skipIf(isRedisMissing)('an outage of Redis (needs redis-server)', () => {
  test('is logged once at its beginning and once at its end, however many replies it refuses', async () => {
    const redis = await startRedis();
    const gateway = await startGateway({ REDIS_URL: redis.url });
    const backs = () =>
      gateway.lines().filter((line) => /^The Redis of REDIS_URL is back;/.test(`${line['msg']}`));
    const send = (idempotencyKey: string) =>
      reply(gateway, { conversationId: '1', body: 'Hi', idempotencyKey });
    await until(async () =>
      expect(await send('before')).toMatchObject({ __typename: 'ReplyToConversationPayload' }),
    );
    const outages = gateway.errors.length;
    for (const times of [1, 2]) {
      await redis.kill();
      for (let count = 0; count < 5; count++) {
        expect(await send(`during ${times} ${count}`)).toMatchObject({
          __typename: 'GatewayUnavailableError',
        });
      }
      expect(gateway.errors).toHaveLength(outages + times);
      await redis.restart();
      // Without any request.
      await until(() => expect(backs()).toHaveLength(times));
      for (let count = 0; count < 5; count++) {
        expect(await send(`after ${times} ${count}`)).toMatchObject({
          __typename: 'ReplyToConversationPayload',
        });
      }
      expect(backs()).toHaveLength(times);
    }
    expect(backs()).toMatchObject([{ level: 'info' }, { level: 'info' }]);
  });
});
