/** What an unexpected error means for a reply. */

import { describe, expect, test, vi } from 'vitest';
import type { Caller } from '../../../src/conversation/callers/caller.ts';
import { allRights } from '../../../src/conversation/callers/caller-rights.ts';
import { internalError } from '../../../src/conversation/reply-failures.ts';
import type { ReplyOutcome } from '../../../src/conversation/reply-outcome.ts';
import type { ReplyCommand } from '../../../src/conversation/sending/reply-command.ts';
import {
  createReplyToConversation,
  type ReplyToConversationPorts,
} from '../../../src/conversation/sending/reply-to-conversation.ts';
import { createMemoryIdempotencyStore } from '../../../src/store/memory-idempotency-store.ts';
import { bareDraft } from '../../bare-draft.ts';

describe('an unexpected error', () => {
  const error = new Error('MARKER-7f3a');
  const caller: Caller = { kind: 'jwt', id: 'me', rights: allRights };
  const sent: ReplyOutcome = { kind: 'replyTargetNotFound', message: 'No.', delivery: 'NOT_DELIVERED' };

  const noRecovery: ReplyToConversationPorts<Caller>['recovery'] = {
    recover: async () => null,
    lookAgain: async () => null,
    confirm() {},
  };

  /** The use case, which fails once in the given way. */
  function start(failing: Partial<ReplyToConversationPorts<Caller>>) {
    let isFailing = true;
    const refund = vi.fn();
    const failInternally = vi.fn((_error: unknown, delivery: 'NOT_DELIVERED' | 'UNKNOWN') => {
      isFailing = false;
      return internalError('request-1', delivery);
    });
    const works: ReplyToConversationPorts<Caller> = {
      sendReply: vi.fn(async () => ({ outcome: sent, upstreamCall: null })),
      drawRandomId: () => 1,
      rateLimit: async () => ({ isWithinLimit: true, refund }),
      idempotencyStore: createMemoryIdempotencyStore(1_000_000),
      recovery: noRecovery,
      adviceWithoutCaller: '',
    };
    const once = { ...works, ...failing };
    const replyToConversation = createReplyToConversation({
      ...works,
      sendReply: (request) => (isFailing ? once : works).sendReply(request),
      rateLimit: (caller) => (isFailing ? once : works).rateLimit(caller),
    });
    const command = (idempotencyKey: string | null): ReplyCommand => ({
      draft: bareDraft,
      issues: [],
      idempotencyKey,
      optionalFields: new Set(),
      wholeRequest: null,
      signal: new AbortController().signal,
      onWrite: () => {},
      failInternally,
    });
    return {
      call: (key: string | null) => replyToConversation(caller, command(key), () => {}),
      failInternally,
      refund,
    };
  }

  const unsent: readonly (readonly [where: string, failing: Partial<ReplyToConversationPorts<Caller>>])[] = [
    ['while replies are counted', { rateLimit: () => Promise.reject(error) }],
    ['before anything was written', { sendReply: () => Promise.reject(error) }],
    [
      'at once',
      {
        sendReply() {
          throw error;
        },
      },
    ],
  ];
  const written: Partial<ReplyToConversationPorts<Caller>> = {
    async sendReply({ onWrite }) {
      onWrite();
      throw error;
    },
  };

  test.each(unsent)('%s is reported as not delivered, and frees the key', async (_where, failing) => {
    for (const key of [null, 'k']) {
      const { call, failInternally } = start(failing);
      const { outcome } = await call(key);
      expect(outcome).toEqual(internalError('request-1', 'NOT_DELIVERED'));
      expect(failInternally.mock.calls).toEqual([[error, 'NOT_DELIVERED']]);
      expect((await call(key)).outcome).toBe(sent);
    }
  });

  test('after something was written is reported as unknown, and keeps the key', async () => {
    for (const key of [null, 'k']) {
      const { call, failInternally, refund } = start(written);
      const { outcome } = await call(key);
      expect(outcome).toEqual(internalError('request-1', 'UNKNOWN'));
      expect(failInternally.mock.calls).toEqual([[error, 'UNKNOWN']]);
      expect(refund).not.toHaveBeenCalled();
      expect((await call(key)).outcome).toEqual(key === null ? sent : outcome);
    }
  });

  test('before anything was written does not count towards the rate limit', async () => {
    const { call, refund } = start({ sendReply: () => Promise.reject(error) });
    await call(null);
    expect(refund).toHaveBeenCalledTimes(1);
  });
});
