/** The possible types of each interface and union, for client caches. */

/**
 * For Apollo Client's `InMemoryCache`, and for other caches with the same option. Without it the cache drops the fields that
 * a document selects `... on ReplyError`: `message` and `delivery` are missing, although the types declare them.
 *
 * @example
 * ```ts
 * const cache = new InMemoryCache({ possibleTypes });
 * ```
 */
export const possibleTypes = {
  Part: ['ConversationPart', 'AssignPart'],
  PartAction: ['QuickReply', 'OtherAction'],
  PartSender: ['Admin', 'DefaultAdmin', 'User'],
  ReplyError: replyErrors(),
  ReplyToConversationResult: ['ReplyToConversationPayload', ...replyErrors()],
};

/** Returns a new list each time, because a cache may change its list. */
function replyErrors(): string[] {
  return [
    'ReplyTooBigError',
    'InvalidReplyError',
    'ReplyTargetNotFoundError',
    'NotAuthenticatedError',
    'PermissionDeniedError',
    'TooManyRequestsError',
    'AttachmentTooBigError',
    'DashlyRejectedError',
    'DashlyUnavailableError',
    'IdempotencyConflictError',
    'GatewayUnavailableError',
  ];
}
