/** The use case: a caller replies to a conversation. */

import { fileNameFrom, type OutgoingFile } from './attachment.ts';
import { type Caller, hasOwnToken } from './callers/caller.ts';
import { permitReply } from './callers/caller-rights.ts';
import {
  type ObserveRateLimit,
  type RateLimit,
  type RateLimitResult,
  tellState,
} from './callers/rate-limit.ts';
import { type AdviseOnCredentials, explainRejectedToken } from './callers/rejected-token.ts';
import type { Deadline } from './deadline.ts';
import type { IdempotencyStore, LookUpPermit } from './idempotency-store.ts';
import { everyOptionalField, type OptionalPartField } from './part.ts';
import { chooseRandomIds, type DrawRandomId } from './random-ids.ts';
import type { FoundReply, SentReference } from './recovery/find-reply.ts';
import { neverAborts, type ReplyRecovery } from './recovery/recover-reply.ts';
import type { ReplyDraft } from './reply.ts';
import {
  attachmentTooBig,
  claimExpired,
  idempotencyConflict,
  invalidInput,
  notAuthenticated,
  outcomeLost,
  permissionDenied,
  permissionDeniedWithKey,
  rateLimitExceeded,
  storeUnreachable,
} from './reply-failures.ts';
import type {
  Delivery,
  GatewayUnavailable,
  ReplyFailure,
  ReplyIssue,
  ReplyOutcome,
  SentReply,
} from './reply-outcome.ts';
import { RequestAborted } from './request-aborted.ts';
import type { SendReply, UpstreamCall } from './send-reply.ts';

export interface ReplyCommand {
  readonly draft: ReplyDraft;
  /** The errors in the draft; it is sent only if there are none. */
  readonly issues: readonly ReplyIssue[];
  /** A second command of the caller with the same key sends nothing; null for none. */
  readonly idempotencyKey: string | null;
  /** The optional fields of a part that the response must contain. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Resolves when the whole request is received; rejects if it is broken. Null if it already is. */
  readonly wholeRequest: Promise<void> | null;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** Called right before the first byte of the reply is written. */
  readonly onWrite: () => void;
  readonly failInternally: FailInternally;
}

/** Logs an unexpected error, and returns the failure for it. */
export type FailInternally = (error: unknown, delivery: Exclude<Delivery, 'DELIVERED'>) => GatewayUnavailable;

/** What an operator can find a reply by. */
export interface ReplyTrace {
  readonly conversationId: string;
  /** The number that the part of the reply has in the conversation; null if this call sent none and the number is unknown. */
  readonly randomId: number | null;
  readonly idempotencyKey: string | null;
}

/** The outcome of a reply, with what logs, metrics and traces need. */
export interface ReplyReport {
  readonly outcome: ReplyOutcome;
  readonly trace: ReplyTrace;
  /** Whether this is the outcome of an earlier call with the same key. */
  readonly isReplay: boolean;
  /** Null if this call sent nothing. */
  readonly upstreamCall: UpstreamCall | null;
}

/**
 * `caller` is null if it has no credentials for Dashly. Rejects if the request is broken, with `RequestAborted`, or with an unexpected error
 * from before anything was sent.
 */
export type ReplyToConversation<AnyCaller extends Caller> = (
  caller: AnyCaller | null,
  command: ReplyCommand,
  observeRateLimit?: ObserveRateLimit,
) => Promise<ReplyReport>;

export interface ReplyToConversationPorts<AnyCaller extends Caller> {
  readonly sendReply: SendReply<AnyCaller>;
  readonly drawRandomId: DrawRandomId;
  readonly rateLimit: RateLimit;
  readonly idempotencyStore: IdempotencyStore;
  readonly recovery: Pick<ReplyRecovery<AnyCaller>, 'recover' | 'lookAgain' | 'confirm'>;
  readonly adviseOnCredentials: AdviseOnCredentials<AnyCaller>;
}

/** Sends the replies that their callers may send, once the whole request is received. */
export function createReplyToConversation<AnyCaller extends Caller>(
  ports: ReplyToConversationPorts<AnyCaller>,
): ReplyToConversation<AnyCaller> {
  const { sendReply, drawRandomId, rateLimit, idempotencyStore, recovery, adviseOnCredentials } = ports;

  return async (caller, command, observeRateLimit) => {
    const { idempotencyKey: key, signal } = command;
    if (caller === null) return report(command, withoutCaller(command, adviseOnCredentials(null)));
    const { draft, attachment, refusal, onConflict } = await check(command, caller);
    const randomIds = chooseRandomIds(draft, drawRandomId);

    let upstreamCall: UpstreamCall | null = null;
    let isWritten = false;
    const send = async (deadline: Deadline | null): Promise<ReplyOutcome> => {
      let count: RateLimitResult | null = null;
      try {
        count = await rateLimit(caller);
        if (!count.isWithinLimit) return rateLimitExceeded(count.state.resetSeconds);
        const result = await sendReply({
          caller,
          draft,
          randomIds,
          attachment,
          // A later call with the key may select other fields.
          optionalFields: key === null ? command.optionalFields : everyOptionalField,
          signal,
          deadline,
          onWrite() {
            isWritten = true;
            command.onWrite();
          },
        });
        upstreamCall = result.upstreamCall;
        return explainToCaller(result.outcome, caller, adviseOnCredentials);
      } catch (error) {
        if (error instanceof RequestAborted) throw error;
        return command.failInternally(error, isWritten ? 'UNKNOWN' : 'NOT_DELIVERED');
      } finally {
        if (count?.isWithinLimit && !isWritten) count.giveBack();
        if (count) tellState(count, isWritten || !count.isWithinLimit, observeRateLimit);
      }
    };
    const run = async (claim: Deadline | null): Promise<ReplyOutcome> => {
      if (refusal) return refusal;
      const sent: SentReference = { draft, randomIds, sentAt: performance.now() };
      const outcome = await send(claim);
      if (outcome.kind === 'sent') recovery.confirm(caller, sent);
      if (outcome.kind === 'sent' || outcome.delivery === 'NOT_DELIVERED') return outcome;
      // The outcome of a reply with a key is stored, even if its client has disconnected.
      const found = await recovery.recover({
        caller,
        sent,
        signal: key === null ? signal : neverAborts(),
        deadline: claim,
      });
      return found ? recovered(found) : outcome;
    };
    const reportRun = (outcome: ReplyOutcome): ReplyReport => ({
      ...report(command, outcome),
      trace: traceOf(command, isWritten ? randomIds.reply : null),
      upstreamCall,
    });

    if (key === null) return reportRun(await run(null));
    const keyed = { callerId: caller.id, key, draft, attachment, randomIds, refusal, signal };
    const result = await idempotencyStore.runOnce(keyed, run);
    switch (result.kind) {
      case 'ran':
        return reportRun(result.outcome);
      case 'late':
        return reportRun(claimExpired);
      case 'replayed':
      case 'lost': {
        const known = result.kind === 'replayed' ? result.outcome : outcomeLost(result.delivery);
        const found = result.lookUp && (await lookAgain(caller, draft, result.lookUp));
        const outcome = asReplay(found ?? known);
        const trace = traceOf(command, result.lookUp?.randomIds.reply ?? randomIdOf(outcome));
        return { outcome, trace, isReplay: true, upstreamCall: null };
      }
      case 'storeUnreachable':
        return report(command, storeUnreachable);
      case 'conflict':
        return report(command, onConflict);
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

function recovered({ part, assignPart }: FoundReply): SentReply {
  return { kind: 'sent', part, assignPart, replayed: false, recovered: true };
}

interface CheckedReply {
  readonly draft: ReplyDraft;
  readonly attachment: OutgoingFile | null;
  /** Null if the reply may be sent. */
  readonly refusal: ReplyFailure | null;
  /** The failure if the key belongs to an earlier call with a different input. */
  readonly onConflict: ReplyFailure;
}

/** Rejects if the request is broken. */
function check(
  { draft, issues, wholeRequest }: ReplyCommand,
  { rights }: Caller,
): CheckedReply | Promise<CheckedReply> {
  if (issues.length > 0) return refuse(draft, invalidInput(issues));
  const permit = permitReply(draft, rights);
  if (!permit.draft) {
    // A caller that may not send the reply gets no information about the earlier call.
    return refuse(draft, permissionDenied(permit.refusal), permissionDeniedWithKey(permit.refusal));
  }
  if (wholeRequest || draft.attachment) return receive(draft, permit.draft, wholeRequest);
  return { draft: permit.draft, attachment: null, refusal: null, onConflict: idempotencyConflict };
}

async function receive(
  draft: ReplyDraft,
  permitted: ReplyDraft,
  wholeRequest: Promise<void> | null,
): Promise<CheckedReply> {
  const arrival = await draft.attachment?.file.arrival;
  if (arrival?.kind === 'tooBig') {
    return refuse(
      draft,
      attachmentTooBig('Nothing was sent: the attachment is too large.', arrival.maxBytes),
    );
  }
  // No part of a broken request is carried out, so a reply also waits for the files of the others.
  await wholeRequest;
  const attachment = arrival
    ? { fileName: draft.attachment?.fileName ?? fileNameFrom(arrival.name), content: arrival.content }
    : null;
  return { draft: permitted, attachment, refusal: null, onConflict: idempotencyConflict };
}

function refuse(
  draft: ReplyDraft,
  refusal: ReplyFailure,
  onConflict: ReplyFailure = idempotencyConflict,
): CheckedReply {
  return { draft, attachment: null, refusal, onConflict };
}

function withoutCaller({ issues, idempotencyKey }: ReplyCommand, advice: string): ReplyFailure {
  const hasKey = idempotencyKey !== null;
  if (issues.length > 0 && !hasKey) return invalidInput(issues);
  return notAuthenticated(hasKey, advice);
}

/** For a call that sent nothing. */
function report(command: ReplyCommand, outcome: ReplyOutcome): ReplyReport {
  return { outcome, trace: traceOf(command, null), isReplay: false, upstreamCall: null };
}

function traceOf({ draft, idempotencyKey }: ReplyCommand, randomId: number | null): ReplyTrace {
  return { conversationId: draft.conversationId, randomId, idempotencyKey };
}

function randomIdOf(outcome: ReplyOutcome): number | null {
  return outcome.kind === 'sent' ? outcome.part.randomId : null;
}

function asReplay(outcome: ReplyOutcome): ReplyOutcome {
  return outcome.kind === 'sent' ? { ...outcome, replayed: true } : outcome;
}

/** Explains a rejection of the credentials: they may be the caller's or the gateway's. */
function explainToCaller<AnyCaller extends Caller>(
  outcome: ReplyOutcome,
  caller: AnyCaller,
  advise: AdviseOnCredentials<AnyCaller>,
): ReplyOutcome {
  if (outcome.kind === 'notAuthenticated') {
    return { ...outcome, message: explainRejectedToken(outcome.message, caller, advise) };
  }
  if (outcome.kind !== 'permissionDenied' || hasOwnToken(caller)) return outcome;
  return { ...outcome, message: "The gateway's own token may not reply in this conversation." };
}
