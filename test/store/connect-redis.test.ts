/** The connection to Redis by itself. */

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectRedis } from '../../src/store/connect-redis.ts';
import { standStill } from '../stand-still.ts';
import { isRedisMissing, startRedis } from '../start-redis.ts';
import { until } from '../until.ts';

describe.skipIf(isRedisMissing)('a connection to Redis', () => {
  test('takes an answer that came in time, though this process stood still for longer', async () => {
    const server = await startRedis();
    const redis = connectRedis(server.url, () => {});
    onTestFinished(() => redis.close());
    await until(() => redis.evaluate('return 1', 'key', []));
    const answer = redis.evaluate('return 2', 'key', []);
    await turn();
    standStill(1_500);
    expect(await answer).toBe(2);
    expect(await redis.evaluate('return 3', 'key', [])).toBe(3);
  });
});
