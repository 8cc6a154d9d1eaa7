/** One attempt to send a reply: counts it for the rate limit, sends it at most once, and looks up an unknown outcome. */

import type { OutgoingFile } from '../attachment.ts';
import type { Caller } from '../callers/caller.ts';
import {
  type ObserveRateLimit,
  type RateLimit,
  type RateLimitResult,
  reportState,
} from '../callers/rate-limit.ts';
import type { Deadline } from '../deadline.ts';
import { everyOptionalField } from '../part.ts';
import type { FoundReply, SentReference } from '../recovery/find-reply.ts';
import { neverAborts, type ReplyRecovery } from '../recovery/recover-reply.ts';
import type { ReplyDraft } from '../reply.ts';
import { rateLimitExceeded } from '../reply-failures.ts';
import type { ReplyOutcome, SentReply } from '../reply-outcome.ts';
import { RequestAborted } from '../request-aborted.ts';
import type { RandomIds } from './random-ids.ts';
import { type ReplyCommand, type ReplyReport, reportOf, traceOf } from './reply-command.ts';
import type { SendReply, UpstreamCall } from './send-reply.ts';

export interface ReplyAttemptPorts<AnyCaller extends Caller> {
  readonly sendReply: SendReply<AnyCaller>;
  readonly rateLimit: RateLimit;
  readonly recovery: Pick<ReplyRecovery<AnyCaller>, 'recover' | 'confirm'>;
}

export interface ReplyAttemptOptions<AnyCaller extends Caller> {
  readonly caller: AnyCaller;
  readonly command: ReplyCommand;
  readonly draft: ReplyDraft;
  readonly attachment: OutgoingFile | null;
  readonly randomIds: RandomIds;
  readonly observeRateLimit: ObserveRateLimit;
}

export class ReplyAttempt<AnyCaller extends Caller> {
  readonly #ports: ReplyAttemptPorts<AnyCaller>;
  readonly #options: ReplyAttemptOptions<AnyCaller>;
  #upstreamCall: UpstreamCall | null = null;
  #isWritten = false;

  constructor(ports: ReplyAttemptPorts<AnyCaller>, options: ReplyAttemptOptions<AnyCaller>) {
    this.#ports = ports;
    this.#options = options;
  }

  /** Call this at most once. `claim` is the time until which the key is claimed; null without a key. */
  async run(claim: Deadline | null): Promise<ReplyOutcome> {
    const { recovery } = this.#ports;
    const { caller, command, draft, randomIds } = this.#options;
    const sent: SentReference = { draft, randomIds, sentAt: performance.now() };
    const outcome = await this.#send(claim);
    if (outcome.kind === 'sent') recovery.confirm(caller, sent);
    if (outcome.kind === 'sent' || outcome.delivery === 'NOT_DELIVERED') return outcome;
    // The outcome of a reply with a key is stored, even if its client has disconnected.
    const signal = command.idempotencyKey === null ? command.signal : neverAborts();
    const found = await recovery.recover({ caller, sent, signal, deadline: claim });
    return found ? recovered(found) : outcome;
  }

  report(outcome: ReplyOutcome): ReplyReport {
    const { command, randomIds } = this.#options;
    return {
      ...reportOf(command, outcome),
      trace: traceOf(command, this.#isWritten ? randomIds.reply : null),
      upstreamCall: this.#upstreamCall,
    };
  }

  async #send(deadline: Deadline | null): Promise<ReplyOutcome> {
    const { sendReply, rateLimit } = this.#ports;
    const { caller, command, draft, attachment, randomIds, observeRateLimit } = this.#options;
    let count: RateLimitResult | null = null;
    try {
      count = await rateLimit(caller);
      if (!count.isWithinLimit) return rateLimitExceeded(count.state.resetSeconds);
      const { outcome, upstreamCall } = await sendReply({
        caller,
        draft,
        randomIds,
        attachment,
        // A later call with the key may select other fields.
        optionalFields: command.idempotencyKey === null ? command.optionalFields : everyOptionalField,
        signal: command.signal,
        deadline,
        onWrite: () => {
          this.#isWritten = true;
          command.onWrite();
        },
      });
      this.#upstreamCall = upstreamCall;
      return outcome;
    } catch (error) {
      if (error instanceof RequestAborted) throw error;
      return command.failInternally(error, this.#isWritten ? 'UNKNOWN' : 'NOT_DELIVERED');
    } finally {
      if (count?.isWithinLimit && !this.#isWritten) count.refund();
      if (count) reportState(count, this.#isWritten || !count.isWithinLimit, observeRateLimit);
    }
  }
}

/** The outcome of a reply whose part was found. */
export function recovered({ part, assignPart }: FoundReply): SentReply {
  return { kind: 'sent', part, assignPart, replayed: false, recovered: true };
}
