/** Decides whether a reply may be sent. */

import { fileNameFrom, type OutgoingFile } from '../attachment.ts';
import type { Caller } from '../callers/caller.ts';
import { permitReply } from '../callers/caller-rights.ts';
import type { ReplyDraft } from '../reply.ts';
import {
  attachmentTooBig,
  idempotencyConflict,
  invalidInput,
  permissionDenied,
  permissionDeniedWithKey,
} from '../reply-failures.ts';
import type { ReplyFailure } from '../reply-outcome.ts';
import type { ReplyCommand } from './reply-command.ts';

export interface CheckedReply {
  readonly draft: ReplyDraft;
  readonly attachment: OutgoingFile | null;
  /** Null if the reply may be sent. */
  readonly refusal: ReplyFailure | null;
  /** The failure if the key belongs to an earlier call with a different input. */
  readonly onConflict: ReplyFailure;
}

/** Checks the input and the rights of the caller, and waits for the whole request. Rejects if the request is broken. */
export function checkReply(
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
  const arrival = await draft.attachment?.file;
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
