/** The use case: a caller replies to a conversation. */

import type { Caller } from '../callers/caller.ts';
import type { ObserveRateLimit } from '../callers/rate-limit.ts';
import type { Deadline } from '../deadline.ts';
import type { ReplyRecovery } from '../recovery/recover-reply.ts';
import type { ReplyDraft } from '../reply.ts';
import {
  claimExpired,
  invalidInput,
  notAuthenticated,
  outcomeLost,
  storeUnreachable,
} from '../reply-failures.ts';
import type { ReplyFailure, ReplyOutcome, SentReply } from '../reply-outcome.ts';
import { checkReply } from './check-reply.ts';
import type { IdempotencyStore, LookUpPermit } from './idempotency-store.ts';
import { chooseRandomIds, type DrawRandomId } from './random-ids.ts';
import { ReplyAttempt, type ReplyAttemptPorts, recovered } from './reply-attempt.ts';
import { type ReplyCommand, type ReplyReport, reportOf, traceOf } from './reply-command.ts';

/**
 * `caller` is null if it has no credentials for Dashly. Rejects if the request is broken, with `RequestAborted`, or with an unexpected error
 * from before anything was sent.
 */
export type ReplyToConversation<AnyCaller extends Caller> = (
  caller: AnyCaller | null,
  command: ReplyCommand,
  observeRateLimit: ObserveRateLimit,
) => Promise<ReplyReport>;

export interface ReplyToConversationPorts<AnyCaller extends Caller> extends ReplyAttemptPorts<AnyCaller> {
  readonly drawRandomId: DrawRandomId;
  /** What a caller without credentials can do. */
  readonly adviceWithoutCaller: string;
  readonly idempotencyStore: IdempotencyStore;
  readonly recovery: Pick<ReplyRecovery<AnyCaller>, 'recover' | 'lookAgain' | 'confirm'>;
}

/** Sends the replies that their callers may send, once the whole request is received. */
export function createReplyToConversation<AnyCaller extends Caller>(
  ports: ReplyToConversationPorts<AnyCaller>,
): ReplyToConversation<AnyCaller> {
  const { drawRandomId, idempotencyStore, recovery, adviceWithoutCaller } = ports;

  return async (caller, command, observeRateLimit) => {
    const { idempotencyKey: key, signal } = command;
    if (caller === null) return reportOf(command, withoutCaller(command, adviceWithoutCaller));
    const { draft, attachment, refusal, onConflict } = await checkReply(command, caller);
    const randomIds = chooseRandomIds(draft, drawRandomId);

    const attempt = new ReplyAttempt(ports, {
      caller,
      command,
      draft,
      attachment,
      randomIds,
      observeRateLimit,
    });
    if (key === null) return attempt.report(refusal ?? (await attempt.run(null)));
    // The store also gets a refused reply: if its key was used before, the result is the earlier outcome, or a conflict.
    const run = async (claim: Deadline | null) => refusal ?? attempt.run(claim);
    const keyed = { callerId: caller.id, key, draft, attachment, randomIds, refusal, signal };
    const result = await idempotencyStore.runOnce(keyed, run);
    switch (result.kind) {
      case 'ran':
        return attempt.report(result.outcome);
      case 'late':
        return attempt.report(claimExpired);
      case 'replayed':
      case 'lost': {
        const known = result.kind === 'replayed' ? result.outcome : outcomeLost(result.delivery);
        const found = result.lookUp && (await lookAgain(caller, draft, result.lookUp));
        const outcome = asReplay(found ?? known);
        const trace = traceOf(command, result.lookUp?.randomIds.reply ?? randomIdOf(outcome));
        return { outcome, trace, isReplay: true, upstreamCall: null };
      }
      case 'storeUnreachable':
        return reportOf(command, storeUnreachable);
      case 'conflict':
        return reportOf(command, onConflict);
    }
  };

  /** Looks up the unknown outcome of an earlier call with the key. */
  async function lookAgain(
    caller: AnyCaller,
    draft: ReplyDraft,
    { randomIds, elapsedMs, record }: LookUpPermit,
  ): Promise<SentReply | null> {
    const sentAt = performance.now() - elapsedMs;
    const found = await recovery.lookAgain(caller, { draft, randomIds, sentAt });
    if (!found) return null;
    const outcome = recovered(found);
    await record(outcome);
    return outcome;
  }
}

function withoutCaller({ issues, idempotencyKey }: ReplyCommand, advice: string): ReplyFailure {
  const hasKey = idempotencyKey !== null;
  if (issues.length > 0 && !hasKey) return invalidInput(issues);
  return notAuthenticated(hasKey, advice);
}

function randomIdOf(outcome: ReplyOutcome): number | null {
  return outcome.kind === 'sent' ? outcome.part.randomId : null;
}

function asReplay(outcome: ReplyOutcome): ReplyOutcome {
  return outcome.kind === 'sent' ? { ...outcome, replayed: true } : outcome;
}
