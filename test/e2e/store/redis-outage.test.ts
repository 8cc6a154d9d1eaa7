/** The log of outages of Redis: one line when it is lost, and one when it is back, at most once a minute. */

import { describe, expect, test } from 'vitest';
import { reply } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { isRedisMissing, startRedis } from '../../support/redis/start-redis.ts';
import { until } from '../../support/until.ts';

describe.skipIf(isRedisMissing)('an outage of Redis (needs redis-server)', () => {
  test('is logged once at its beginning and once at its end, and not again within a minute', async () => {
    const redis = await startRedis();
    const gateway = await startGateway({ REDIS_URL: redis.url });
    const backs = () =>
      gateway.lines().filter((line) => /^The Redis of REDIS_URL is back;/.test(`${line['msg']}`));
    const send = (idempotencyKey: string) =>
      reply(gateway, { conversationId: '1', body: 'Hi', idempotencyKey });
    await until(async () =>
      expect(await send('before')).toMatchObject({ __typename: 'ReplyToConversationPayload' }),
    );
    for (const times of [1, 2]) {
      await redis.kill();
      for (let count = 0; count < 5; count++) {
        expect(await send(`during ${times} ${count}`)).toMatchObject({
          __typename: 'GatewayUnavailableError',
        });
      }
      expect(gateway.errors).toHaveLength(1);
      await redis.restart();
      // Without any request.
      await until(() => expect(backs()).toHaveLength(1));
      await until(async () =>
        expect(await send(`after ${times}`)).toMatchObject({ __typename: 'ReplyToConversationPayload' }),
      );
    }
    expect(gateway.errors).toHaveLength(1);
    expect(backs()).toMatchObject([{ level: 'info' }]);
  });
});
