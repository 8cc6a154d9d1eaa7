/** The use case: a caller replies to a conversation. */

import { fileNameFrom, type OutgoingFile } from './attachment.ts';
import type { Caller } from './caller.ts';
import { permitReply } from './caller-rights.ts';
import type { Deadline } from './deadline.ts';
import type { RunOnce } from './idempotency-store.ts';
import { type OptionalPartField, optionalPartFields } from './part.ts';
import type { RateLimit } from './rate-limit.ts';
import type { ReplyDraft } from './reply.ts';
import {
  attachmentTooBig,
  type Delivery,
  type GatewayUnavailable,
  invalidReply,
  keyAdvice,
  type PermissionDenied,
  type ReplyFailure,
  type ReplyIssue,
  type ReplyOutcome,
  storeUnreachable,
} from './reply-outcome.ts';
import type { ReplyReport } from './reply-report.ts';
import { CallerGone, type Presence } from './request-aborted.ts';
import type { SendReply, UpstreamCall } from './send-reply.ts';

export interface ReplyCommand {
  readonly draft: ReplyDraft;
  /** What is wrong with the draft; it is sent only if there is nothing. */
  readonly issues: readonly ReplyIssue[];
  /** A second command with the same key of the same caller sends nothing; null for none. */
  readonly idempotencyKey: string | null;
  /** Null where the caller has nothing to call Dashly with. */
  readonly caller: Caller | null;
  /** Which optional fields of a part the caller wants to see. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Resolves when everything that the caller sends is here; rejects where it turns out to be broken. */
  readonly wholeRequest: Promise<void> | null;
  readonly presence: Presence;
  /** Called right before the first byte of the reply is written. */
  readonly onWrite: () => void;
  /** Logs an error that was not foreseen, and returns the failure for it. */
  readonly failInternally: FailInternally;
}

export type FailInternally = (error: unknown, delivery: Exclude<Delivery, 'DELIVERED'>) => GatewayUnavailable;

/** Rejects where the caller's request is broken, with CallerGone, or with an error that was not foreseen before anything was sent. */
export type ReplyToConversation = (command: ReplyCommand) => Promise<ReplyReport>;

export interface ReplyToConversationPorts {
  readonly sendReply: SendReply;
  readonly rateLimit: RateLimit;
  readonly runOnce: RunOnce;
  /**
   * What is to be said to a caller whose value of the `Authorization` header Dashly does not take, or who has none (null),
   * after a space; empty where nothing is.
   */
  readonly adviseOnToken: (authorization: string | null) => string;
}

const everyOptionalField: ReadonlySet<OptionalPartField> = new Set(optionalPartFields);

/** Sends the replies that their callers may send, once all that belongs to a request is here. */
export function createReplyToConversation(ports: ReplyToConversationPorts): ReplyToConversation {
  const { sendReply, rateLimit, runOnce, adviseOnToken } = ports;

  return async (command) => {
    const { caller, idempotencyKey: key, presence } = command;
    if (caller === null) return report(withoutCaller(command, adviseOnToken(null)));
    const { draft, attachment, refusal, onConflict } = await check(command, caller);

    let upstreamCall: UpstreamCall | null = null;
    let isWritten = false;
    const send = async (deadline: Deadline | null): Promise<ReplyOutcome> => {
      const count = await rateLimit(caller);
      if (!count.isWithinLimit) return tooManyReplies(count.retryAfterSeconds);
      try {
        const result = await sendReply({
          draft,
          attachment,
          authorization: caller.authorization,
          // A later call with the key may select other fields than this one.
          optionalFields: key === null ? command.optionalFields : everyOptionalField,
          presence,
          deadline,
          onWrite() {
            isWritten = true;
            command.onWrite();
          },
        });
        upstreamCall = result.upstreamCall;
        return forCaller(result.outcome, caller, adviseOnToken);
      } finally {
        if (!isWritten) count.giveBack();
      }
    };
    const run = async (claim: Deadline | null): Promise<ReplyOutcome> => {
      if (refusal) return refusal;
      try {
        return await send(claim);
      } catch (error) {
        if (error instanceof CallerGone) throw error;
        return command.failInternally(error, isWritten ? 'UNKNOWN' : 'NOT_DELIVERED');
      }
    };

    if (key === null) return { ...report(await run(null)), upstreamCall };
    const once = await runOnce({ callerId: caller.id, key, draft, attachment, refusal, presence }, run);
    switch (once.kind) {
      case 'ran':
        return { ...report(once.outcome), upstreamCall };
      case 'late':
        return { ...report(late), upstreamCall };
      case 'replayed':
        return { ...report(asReplay(once.outcome)), isReplay: true };
      case 'lost':
        return { ...report(lost(once.delivery)), isReplay: true };
      case 'storeUnreachable':
        return report(storeUnreachable());
      case 'conflict':
        return report(onConflict);
    }
  };
}

interface CheckedReply {
  readonly draft: ReplyDraft;
  readonly attachment: OutgoingFile | null;
  /** Null where the reply may be sent. */
  readonly refusal: ReplyFailure | null;
  /** What to say if the key belongs to an earlier call with another input. */
  readonly onConflict: ReplyFailure;
}

/** Rejects where the caller's request is broken. */
async function check(
  { draft, issues, wholeRequest }: ReplyCommand,
  { rights }: Caller,
): Promise<CheckedReply> {
  const refused = (refusal: ReplyFailure, onConflict: ReplyFailure = conflict): CheckedReply => {
    return { draft, attachment: null, refusal, onConflict };
  };
  if (issues.length > 0) return refused(invalidReply('Nothing was sent.', issues));
  const permit = permitReply(draft, rights);
  if (!permit.draft) {
    // A caller that may not send the reply any more learns nothing of the earlier call.
    return refused(
      denied(`Nothing was sent. ${permit.refusal}`, 'NOT_DELIVERED'),
      denied(`This call sent nothing. ${permit.refusal} ${keyAdvice}`, 'UNKNOWN'),
    );
  }
  const arrival = await draft.attachment?.file.arrival;
  if (arrival?.kind === 'tooBig') {
    return refused(attachmentTooBig('The attachment is too large; nothing was sent.', arrival.maxBytes));
  }
  // A broken request is not to be carried out in part, so a reply waits for the files of the others as well.
  await wholeRequest;
  const attachment = arrival
    ? { fileName: draft.attachment?.fileName ?? fileNameFrom(arrival.name), content: arrival.content }
    : null;
  return { draft: permit.draft, attachment, refusal: null, onConflict: conflict };
}

function withoutCaller({ issues, idempotencyKey }: ReplyCommand, advice: string): ReplyFailure {
  const need = `the request needs a header "Authorization: Token …" (or "Bearer …").${advice}`;
  if (idempotencyKey !== null) {
    // Keys are a caller's own, so that this one cannot be looked up.
    const message = `This call sent nothing: ${need} ${keyAdvice}`;
    return { kind: 'notAuthenticated', message, delivery: 'UNKNOWN' };
  }
  if (issues.length > 0) return invalidReply('Nothing was sent.', issues);
  return { kind: 'notAuthenticated', message: `Nothing was sent: ${need}`, delivery: 'NOT_DELIVERED' };
}

function report(outcome: ReplyOutcome): ReplyReport {
  return { outcome, isReplay: false, upstreamCall: null };
}

function denied(message: string, delivery: Delivery): PermissionDenied {
  return { kind: 'permissionDenied', message, delivery };
}

const conflict: ReplyFailure = {
  kind: 'idempotencyConflict',
  message:
    'This call sent nothing: its idempotencyKey belongs to an earlier call with another input, which may have created its reply. ' +
    'Asking again with the same key is safe; another reply needs a key of its own.',
  delivery: 'UNKNOWN',
};

/**
 * This call created nothing. But other calls with its key were told that nothing is known, and may even have the key by now: `NOT_DELIVERED`
 * would be said of their replies as well.
 */
const late: ReplyFailure = {
  kind: 'dashlyUnavailable',
  message:
    'The gateway stood still for longer than it keeps an idempotencyKey for one call. This call created no reply, but another call with the key ' +
    'may have; asking again with the same key is safe.',
  delivery: 'UNKNOWN',
  reason: 'TIMEOUT',
};

function asReplay(outcome: ReplyOutcome): ReplyOutcome {
  return outcome.kind === 'sent' ? { ...outcome, replayed: true } : outcome;
}

function lost(delivery: 'UNKNOWN' | 'DELIVERED'): ReplyFailure {
  const message =
    delivery === 'DELIVERED'
      ? 'The first call with this idempotencyKey created the reply; its answer is not kept any more.'
      : 'What became of the first call with this idempotencyKey is not known: look into the conversation before ' +
        'sending the reply again.';
  return { kind: 'dashlyUnavailable', message, delivery, reason: 'TIMEOUT' };
}

/** What Dashly says of the gateway's own token is not for the caller to mend. */
function forCaller(
  outcome: ReplyOutcome,
  { kind, authorization }: Caller,
  adviseOnToken: ReplyToConversationPorts['adviseOnToken'],
): ReplyOutcome {
  if (kind === 'dashly-token') {
    if (outcome.kind !== 'notAuthenticated') return outcome;
    return { ...outcome, message: outcome.message + adviseOnToken(authorization) };
  }
  if (outcome.kind === 'notAuthenticated') {
    const message = "Dashly did not take the gateway's own token: whoever runs the gateway has to act.";
    return { ...outcome, message };
  }
  if (outcome.kind === 'permissionDenied') {
    return { ...outcome, message: "The gateway's own token may not reply in this conversation." };
  }
  return outcome;
}

function tooManyReplies(retryAfterSeconds: number): ReplyFailure {
  return {
    kind: 'tooManyRequests',
    message: `Nothing was sent: this caller has sent too many replies; send it again in ${retryAfterSeconds} seconds.`,
    delivery: 'NOT_DELIVERED',
    retryAfterSeconds,
  };
}
