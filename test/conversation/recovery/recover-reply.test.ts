/** When a reply with an unknown outcome is looked up. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../../../src/conversation/callers/caller.ts';
import { allRights } from '../../../src/conversation/callers/caller-rights.ts';
import type {
  PartsPage,
  ReadFailure,
  ReadPartsRequest,
} from '../../../src/conversation/reading/read-parts.ts';
import type { SentReference } from '../../../src/conversation/recovery/find-reply.ts';
import {
  neverAborts,
  ReplyRecovery,
  type ReplyRecoveryOptions,
} from '../../../src/conversation/recovery/recover-reply.ts';
import { RequestAborted } from '../../../src/conversation/request-aborted.ts';
import { bareDraft } from '../../bare-draft.ts';
import { samplePart } from '../sample-part.ts';

const caller: Caller = { kind: 'dashly-token', id: 'dashly-token:a', rights: allRights };
const part = samplePart({ randomId: 77, createdAt: 2_000_000_000 });

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const found: PartsPage = {
  kind: 'page',
  parts: [part],
  nextBefore: null,
  nextAfter: null,
  date: 2_000_000_001,
};
const others: PartsPage = { ...found, parts: [samplePart()], nextBefore: '1', date: null };
const failure = (code: ReadFailure['code']): ReadFailure => ({
  kind: 'failure',
  code,
  message: '',
  retryAfterSeconds: null,
});

/** `answer` is called for each read. */
function start(answer: () => PartsPage | ReadFailure, options: Partial<ReplyRecoveryOptions<Caller>> = {}) {
  const startedAt = performance.now();
  const reads: { at: number; request: ReadPartsRequest<Caller> }[] = [];
  const observed: string[] = [];
  const warnings: string[] = [];
  const recovery = new ReplyRecovery<Caller>({
    async readParts(request) {
      reads.push({ at: performance.now() - startedAt, request });
      return answer();
    },
    timeoutMs: 5_500,
    canFindReplies: true,
    repliesUnderWay: () => 0,
    observe: (result) => observed.push(result),
    warn: (message) => warnings.push(message),
    ...options,
  });
  const sent = (chosen: number | null = null): SentReference => ({
    draft: { ...bareDraft, randomId: chosen },
    randomIds: { reply: 77, assignment: null },
    sentAt: performance.now(),
  });
  const recover = (signal = neverAborts()) =>
    recovery.recover({ caller, sent: sent(), signal, deadline: null });
  return { reads, observed, warnings, recovery, sent, recover };
}

test('looks 0.5, 1.5 and 4 seconds after the outcome, and reads a second page at the end', async () => {
  const { reads, observed, recover } = start(() => others);
  const outcome = recover();
  await vi.runAllTimersAsync();
  expect(await outcome).toBe(null);
  const times = reads.map(({ at }) => at);
  expect(times).toHaveLength(4);
  for (const [index, time] of [500, 1_500, 4_000, 4_000].entries()) {
    expect(times[index]).toBeGreaterThanOrEqual(0.8 * time - 1);
    expect(times[index]).toBeLessThanOrEqual(1.2 * time + 1);
  }
  expect(reads.map(({ request }) => request.position)).toEqual([null, null, null, '1']);
  expect(reads[0]?.request).toMatchObject({ conversationId: '1', direction: 'before', count: 50 });
  expect(observed).toEqual(['notFound', 'notFound', 'notFound']);
});

test('stops once the reply is found', async () => {
  const answers = [others, found];
  const { reads, observed, recover } = start(() => answers.shift() ?? others);
  const outcome = recover();
  await vi.runAllTimersAsync();
  expect(await outcome).toEqual({ part, assignPart: null, isDuplicated: false });
  expect(reads).toHaveLength(2);
  expect(observed).toEqual(['notFound', 'found']);
});

test('reports a reply that the conversation has twice, which was delivered', async () => {
  const twice = { ...found, parts: [{ ...part, id: '2' }, part] };
  const { observed, warnings, recover } = start(() => twice);
  const outcome = recover();
  await vi.runAllTimersAsync();
  expect(await outcome).toEqual({ part, assignPart: null, isDuplicated: true });
  expect(observed).toEqual(['foundTwice']);
  expect(warnings).toEqual(['Conversation 1 has the reply with the random id 77 more than once.']);
});

test('limits each read to 1.5 seconds and to its share of the time', async () => {
  const { reads, recover } = start(() => others, { timeoutMs: 2_000 });
  void recover();
  await vi.runAllTimersAsync();
  expect(reads).toHaveLength(3);
  for (const { at, request } of reads) {
    expect(request.timeoutMs).toBeLessThanOrEqual(1_500);
    expect(at + request.timeoutMs).toBeLessThanOrEqual(2_001);
  }
});

test.each(['UNAVAILABLE', 'NOT_FOUND', 'TOO_MANY_REQUESTS'] as const)(
  'looks again after %s',
  async (code) => {
    const answers: (PartsPage | ReadFailure)[] = [failure(code), found];
    const { recover, observed } = start(() => answers.shift() ?? others);
    const outcome = recover();
    await vi.runAllTimersAsync();
    expect(await outcome).not.toBe(null);
    expect(observed).toEqual(['failed', 'found']);
  },
);

test.each(['NOT_AUTHENTICATED', 'PERMISSION_DENIED'] as const)('stops after %s', async (code) => {
  const { recover, reads, observed } = start(() => failure(code));
  for (const expected of ['refused', 'skipped']) {
    const outcome = recover();
    await vi.runAllTimersAsync();
    expect(await outcome).toBe(null);
    expect(observed).toContain(expected);
  }
  expect(reads).toHaveLength(1);
});

test('does not wait while look-ups are off after failures', async () => {
  const { recover, reads, observed } = start(() => failure('UNAVAILABLE'));
  const outcomes = Array.from({ length: 10 }, async () => {
    const outcome = recover();
    await vi.runAllTimersAsync();
    return outcome;
  });
  await Promise.all(outcomes);
  const readsBefore = reads.length;
  const startedAt = performance.now();
  observed.length = 0;
  // Resolves without a timer.
  expect(await recover()).toBe(null);
  expect([performance.now() - startedAt, reads.length - readsBefore, observed]).toEqual([0, 0, ['skipped']]);
});

test('begins no second page without time for it', async () => {
  const { recover, reads, observed } = start(
    () => {
      if (reads.length === 1) vi.advanceTimersByTime(2_000);
      return others;
    },
    { timeoutMs: 1_000 },
  );
  const outcome = recover();
  await vi.runAllTimersAsync();
  expect(await outcome).toBe(null);
  expect([reads.length, observed]).toEqual([1, ['notFound']]);
});

test('a client that disconnects during a read is not counted as a failure', async () => {
  const controller = new AbortController();
  const { recover, observed } = start(() => {
    controller.abort();
    throw new RequestAborted();
  });
  const outcome = recover(controller.signal);
  await vi.runAllTimersAsync();
  expect(await outcome).toBe(null);
  expect(observed).toEqual(['skipped']);
});

test('an error of the port counts as a failure', async () => {
  const { recover, observed } = start(() => {
    throw new Error('a bug');
  });
  const outcome = recover();
  outcome.catch(() => {});
  await vi.runAllTimersAsync();
  await expect(outcome).rejects.toThrow('a bug');
  expect(observed).toEqual([]);
});

test('ends if the signal aborts', async () => {
  const { recover, reads } = start(() => others);
  const controller = new AbortController();
  const outcome = recover(controller.signal);
  controller.abort();
  expect(await outcome).toBe(null);
  await vi.runAllTimersAsync();
  expect(reads).toEqual([]);
});

test('looks up nothing with a timeout of 0, or a number that proves nothing', async () => {
  const off = start(() => found, { timeoutMs: 0 });
  expect(await off.recover()).toBe(null);
  off.recovery.confirm(caller, off.sent());
  const { recovery, sent, reads } = start(() => found);
  expect(await recovery.recover({ caller, sent: sent(77), signal: neverAborts(), deadline: null })).toBe(
    null,
  );
  expect(await recovery.lookAgain(caller, sent(77))).toBe(null);
  await vi.runAllTimersAsync();
  expect([...off.reads, ...reads]).toEqual([]);
});

test('looks again once, on two pages', async () => {
  const { recovery, sent, reads } = start(() => others);
  expect(await recovery.lookAgain(caller, sent())).toBe(null);
  expect(reads).toHaveLength(2);
});

describe('before reading is proven', () => {
  test('nothing is looked up until a success was read back', async () => {
    const { recovery, recover, sent, reads, warnings } = start(() => found, { canFindReplies: false });
    expect(await recover()).toBe(null);
    expect(reads).toEqual([]);
    recovery.confirm(caller, sent());
    recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    expect(reads).toHaveLength(1);
    const outcome = recover();
    await vi.runAllTimersAsync();
    expect(await outcome).not.toBe(null);
    expect(warnings).toEqual([]);
  });

  test('a success that is not found is reported once, and tried again after 30 seconds', async () => {
    const { recovery, recover, sent, reads, warnings } = start(() => others, { canFindReplies: false });
    recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    expect(warnings).toHaveLength(1);
    expect(reads).toHaveLength(4);
    recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    expect(reads).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(30_000);
    recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    expect(reads).toHaveLength(8);
    expect(warnings).toHaveLength(1);
    expect(await recover()).toBe(null);
  });

  test('a success that was not looked up, since the gateway stood still, is not reported, and the next one is read back', async () => {
    const { recovery, sent, reads, warnings } = start(() => found, {
      canFindReplies: false,
      timeoutMs: 1_100,
    });
    recovery.confirm(caller, sent());
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 2_000);
    await vi.runAllTimersAsync();
    expect([reads, warnings]).toEqual([[], []]);
    clock.mockRestore();
    recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    expect(reads).toHaveLength(1);
  });

  test('a success with a number that the caller chose is not read back', async () => {
    const { recovery, sent, reads } = start(() => found, { canFindReplies: false });
    recovery.confirm(caller, sent(77));
    await vi.runAllTimersAsync();
    expect(reads).toEqual([]);
  });

  test('a caller who may not read is not reported, and its successes are not counted as skipped', async () => {
    const answers: (PartsPage | ReadFailure)[] = [failure('PERMISSION_DENIED'), found];
    const { recovery, sent, observed, warnings } = start(() => answers.shift() ?? others, {
      canFindReplies: false,
    });
    recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    await vi.advanceTimersByTimeAsync(30_000);
    for (let index = 0; index < 10; index++) recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    expect([observed, warnings]).toEqual([['refused'], []]);
    recovery.confirm({ ...caller, id: 'you' }, sent());
    await vi.runAllTimersAsync();
    expect(observed).toEqual(['refused', 'found']);
  });

  test('a success that cannot be read is reported as such', async () => {
    const { recovery, sent, warnings } = start(() => failure('UNAVAILABLE'), { canFindReplies: false });
    recovery.confirm(caller, sent());
    await vi.runAllTimersAsync();
    expect(warnings).toEqual([expect.stringContaining('could not be looked up')]);
  });

  test('the pause ends with the gateway', async () => {
    const { recovery, sent, reads, warnings } = start(() => others, { canFindReplies: false });
    recovery.confirm(caller, sent());
    recovery.stop();
    await vi.runAllTimersAsync();
    expect([reads, warnings]).toEqual([[], []]);
  });
});

test('one success in 1,000 is read back once reading is proven', async () => {
  const { recovery, sent, reads } = start(() => found);
  for (let index = 0; index < 2_500; index++) {
    recovery.confirm(caller, sent());
    if (index % 500 === 0) await vi.runAllTimersAsync();
  }
  await vi.runAllTimersAsync();
  expect(reads).toHaveLength(2);
});
