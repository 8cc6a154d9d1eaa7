/** Opens stores for tests. */

import { expect, onTestFinished } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../../src/store/open-store.ts';
import { until } from '../support/until.ts';

/** Closed at the end of the test. */
export async function openTestStore(redisUrl: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({
    redisUrl,
    redisKeyPrefix: 'dashly-gateway:',
    redisMinReplicas: 0,
    ttlMs: 1_000,
    maxRunMs: 1_000,
    rateLimitOptions: { perMinute: 1, kinds: [] },
    onOutage: () => {},
    onRecovery: () => {},
    onWarning: () => {},
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

/** On a slow machine, the start may end before Redis answers. */
export function expectRefusal(redisUrl: string, message: string): Promise<void> {
  return until(() => expect(openTestStore(redisUrl)).rejects.toThrow(message));
}
