/** The slot of a key. */

import { describe, expect, test } from 'vitest';
import { slotOfKey } from '../../../src/store/redis/key-slot.ts';
import { isRedisMissing, startRedisProcess } from '../../support/redis/start-redis.ts';

describe.skipIf(isRedisMissing)('the slot of a key (needs /usr/bin/redis-server)', () => {
  test('is the one that Redis computes', async () => {
    const server = await startRedisProcess(() => ['--cluster-enabled', 'yes']);
    for (const key of ['', '123456789', 'dashly-gateway:reply:w_-9', 'é', 'x'.repeat(300)])
      expect(slotOfKey(key)).toBe(await server.command('CLUSTER', 'KEYSLOT', key));
  });
});
