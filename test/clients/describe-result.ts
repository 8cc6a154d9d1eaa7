/** Matches the result of a reply as an application does: a case for each member of the union. */

import { matchReply } from '../../schema/match-reply.ts';
import type { ReplyMutation } from '../../schema/operations.ts';

type Reply = ReplyMutation['replyToConversation'];

/** The name of the member, and its content. */
export function describeResult(result: Reply): readonly unknown[] {
  return matchReply(result, {
    ReplyToConversationPayload: ({ __typename, part }) => [__typename, part.type, part.body],
    ReplyTooBigError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    InvalidReplyError: ({ __typename, delivery, issues }) => [__typename, delivery, issues],
    ReplyTargetNotFoundError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    NotAuthenticatedError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    PermissionDeniedError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    TooManyRequestsError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    AttachmentTooBigError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    DashlyRejectedError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    DashlyUnavailableError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    IdempotencyConflictError: ({ __typename, message, delivery }) => [__typename, delivery, message],
    GatewayUnavailableError: ({ __typename, message, delivery }) => [__typename, delivery, message],
  });
}
