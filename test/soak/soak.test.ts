/** The soak test finds no forbidden outcome. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isRedisMissing } from '../support/redis/start-redis.ts';

describe.skipIf(isRedisMissing)('npm run soak (needs /usr/bin/redis-server)', () => {
  test('counts no duplicate, no loss and no false claim', { timeout: 90_000 }, async () => {
    const env = { ...process.env, SOAK_SECONDS: '8' };
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'soak'], { env });
    const figure = (name: string): number =>
      Number(new RegExp(`^${name} +(\\d+)$`, 'm').exec(stdout)?.[1] ?? Number.NaN);
    expect([figure('duplicates'), figure('lost'), figure('false claims')], stdout).toEqual([0, 0, 0]);
    expect(figure('gateways that did not stop with 0')).toBe(0);
    // The conditions that make faults visible did occur.
    for (const name of [
      'reported: sent',
      'reported: sent, recovered by a look-up',
      'reported: unknown',
      'answered by a replay',
      'restarts by SIGTERM',
      'crashes by SIGKILL',
    ]) {
      expect(figure(name), name).toBeGreaterThan(0);
    }
  });
});
