/** Which types stand behind each interface and union, for client caches that place results by their types. */

/**
 * For Apollo Client's `InMemoryCache`, and for others that take the same. A cache that does not know it drops what a document selects by
 * `... on ReplyError`: `message` and `delivery` would be missing, although the types promise them.
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

/** A list of its own each time: caches may change theirs. */
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
