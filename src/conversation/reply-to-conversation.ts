/** The use case: a caller replies to a conversation. */

import { fileNameFrom, type OutgoingFile } from './attachment.ts';
import type { Caller } from './caller.ts';
import { permitReply } from './caller-rights.ts';
import { type OptionalPartField, optionalPartFields } from './part.ts';
import type { Presence } from './presence.ts';
import type { RateLimit } from './rate-limit.ts';
import type { ReplyDraft } from './reply.ts';
import {
  type AttachmentTooBig,
  attachmentTooBig,
  gatewayUnavailable,
  type ReplyFailure,
  type ReplyOutcome,
} from './reply-outcome.ts';
import type { ReplyReport } from './reply-report.ts';
import type { RunOnce } from './run-once.ts';
import type { SendReply, UpstreamCall } from './send-reply.ts';

export interface ReplyCommand {
  readonly draft: ReplyDraft;
  /** A second command with the same key of the same caller sends nothing; null for none. */
  readonly idempotencyKey: string | null;
  /** Null where the caller has nothing to call Dashly with. */
  readonly caller: Caller | null;
  /** Which optional fields of a part the caller wants to see. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Resolves when everything that the caller sends is here; rejects where it turns out to be broken. */
  readonly wholeRequest: Promise<void> | null;
  readonly presence: Presence;
}

/** Rejects only where the caller's request is broken, or with CallerGone; then nothing was sent. */
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
    if (caller === null) {
      return refuse(
        'notAuthenticated',
        `Nothing was sent: the request needs a header "Authorization: Token …" (or "Bearer …").${adviseOnToken(null)}`,
      );
    }
    const { draft, refusal } = permitReply(command.draft, caller.rights);
    if (!draft) return refuse('permissionDenied', `Nothing was sent. ${refusal}`);
    const { attachment, tooBig } = await attachmentOf(draft);
    if (tooBig) return report(tooBig);
    // A broken request is not to be carried out in part, so a reply waits for the files of the others as well.
    await command.wholeRequest;

    let upstreamCall: UpstreamCall | null = null;
    const run = async (): Promise<ReplyOutcome> => {
      const count = await rateLimit(caller);
      if (!count.isWithinLimit) return tooManyReplies(count.retryAfterSeconds);
      // Who calls again with the key may select other fields than this time.
      const optionalFields = key === null ? command.optionalFields : everyOptionalField;
      const { authorization } = caller;
      const result = await sendReply({ draft, attachment, authorization, optionalFields, presence });
      upstreamCall = result.upstreamCall;
      return forCaller(result.outcome, caller, adviseOnToken);
    };

    if (key === null) return { ...report(await run()), upstreamCall };
    const once = await runOnce({ callerId: caller.id, key, draft, attachment }, run);
    switch (once.kind) {
      case 'ran':
        return { ...report(once.outcome), upstreamCall };
      case 'replayed':
        return { ...report(asReplay(once.outcome)), isReplay: true };
      case 'lost':
        return { ...report(lost(once.delivery)), isReplay: true };
      case 'storeUnreachable':
        return report(gatewayUnavailable('STORE_UNREACHABLE'));
      case 'conflict':
        return refuse(
          'idempotencyConflict',
          'Nothing was sent: this idempotencyKey belongs to an earlier call with another input.',
        );
    }
  };
}

type Attachment =
  | { readonly attachment: OutgoingFile | null; readonly tooBig?: never }
  | { readonly attachment?: never; readonly tooBig: AttachmentTooBig };

async function attachmentOf({ attachment }: ReplyDraft): Promise<Attachment> {
  if (!attachment) return { attachment: null };
  const arrival = await attachment.file.arrival;
  if (arrival.kind === 'tooBig') {
    return { tooBig: attachmentTooBig('The attachment is too large; nothing was sent.', arrival.maxBytes) };
  }
  const fileName = attachment.fileName ?? fileNameFrom(arrival.name);
  return { attachment: { fileName, content: arrival.content } };
}

function report(outcome: ReplyOutcome): ReplyReport {
  return { outcome, isReplay: false, upstreamCall: null };
}

function refuse(
  kind: 'notAuthenticated' | 'permissionDenied' | 'idempotencyConflict',
  message: string,
): ReplyReport {
  return report({ kind, message, delivery: 'NOT_DELIVERED' });
}

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
