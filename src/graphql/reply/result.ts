/** The union that `replyToConversation` returns: the reply that was sent, or an error. */

import {
  type AttachmentTooBig,
  type DashlyRejected,
  type DashlyUnavailable,
  deliveries,
  type GatewayUnavailable,
  gatewayUnavailableReasons,
  type IdempotencyConflict,
  type InvalidReply,
  type NotAuthenticated,
  type PermissionDenied,
  type ReplyFailure,
  type ReplyIssue,
  type ReplyOutcome,
  type ReplyTargetNotFound,
  type ReplyTooBig,
  type SentReply,
  type TooManyRequests,
  unavailableReasons,
} from '../../conversation/reply-outcome.ts';
import { builder } from '../builder.ts';
import { describeValues } from '../describe-values.ts';
import { AssignPartRef, ConversationPartRef } from '../part/part.ts';

const Delivery = builder.enumType('Delivery', {
  description:
    'Whether the reply exists despite the error. Check it before you send the reply again. `NOT_DELIVERED` and `DELIVERED` are reported only with proof.',
  values: describeValues(deliveries, {
    NOT_DELIVERED:
      'The reply does not exist: nothing was sent, or Dashly rejected it. It is safe to send it again.',
    UNKNOWN:
      'The reply may exist. Look at the conversation before you send it again. A retry with the same `idempotencyKey` is safe.',
    DELIVERED: 'The reply exists: Dashly confirmed it. Do not send it again.',
  }),
});

const ReplyErrorRef = builder.interfaceRef<ReplyFailure>('ReplyError').implement({
  description:
    'The fields that all errors share. A client that selects them once also covers error types of later versions.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'A human-readable sentence that says what happened.' }),
    delivery: t.field({
      type: Delivery,
      description: 'Whether the reply exists despite the error.',
      resolve: (failure) => failure.delivery,
    }),
  }),
});

const PayloadRef = builder.objectRef<SentReply>('ReplyToConversationPayload').implement({
  description: 'The reply was sent.',
  fields: (t) => ({
    part: t.field({
      type: ConversationPartRef,
      description: 'The part that the reply created.',
      resolve: (sent) => sent.part,
    }),
    assignPart: t.field({
      type: AssignPartRef,
      nullable: true,
      description:
        'The part that records the assignment; null if nothing was assigned. If `recovered` is true, it may be null all the ' +
        'same. REST: `assign_part`.',
      resolve: (sent) => sent.assignPart,
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'True if this is the stored result of an earlier call with the same `idempotencyKey`.',
    }),
    recovered: t.exposeBoolean('recovered', {
      description:
        "True if Dashly's response was lost or unusable, and the gateway found the reply in the conversation by its random id.",
    }),
  }),
});

const ReplyTooBigRef = builder.objectRef<ReplyTooBig>('ReplyTooBigError').implement({
  description: 'The body is too long for Dashly. REST: 400 `ReplyTooBig`.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    bodyLength: t.exposeInt('bodyLength', {
      description: 'The length of the rejected body, in characters.',
    }),
  }),
});

const ReplyIssueRef = builder.objectRef<ReplyIssue>('ReplyIssue').implement({
  description: 'A problem in the input.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description:
        'The path of the field in the input, such as `["actions", "0", "quickReply", "body"]`; empty if the issue concerns the whole input.',
    }),
    message: t.exposeString('message', { description: 'What is wrong with the field.' }),
  }),
});

const InvalidReplyRef = builder.objectRef<InvalidReply>('InvalidReplyError').implement({
  description:
    'The input is invalid: the gateway rejected it and sent nothing, or Dashly rejected it. REST: 400 ' +
    '`ValidationError` or `BadRequest`.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    issues: t.field({
      type: [ReplyIssueRef],
      description:
        'The problems whose field is known; empty if Dashly rejected the reply without naming a field.',
      resolve: (failure) => failure.issues,
    }),
  }),
});

const TargetNotFoundRef = builder.objectRef<ReplyTargetNotFound>('ReplyTargetNotFoundError').implement({
  description: 'The conversation, the admin or the user does not exist. REST: 400 `LookupError`.',
  interfaces: [ReplyErrorRef],
});

const NotAuthenticatedRef = builder.objectRef<NotAuthenticated>('NotAuthenticatedError').implement({
  description: 'The token is missing, invalid or expired. REST: 401 `NotAuthenticated`.',
  interfaces: [ReplyErrorRef],
});

const PermissionDeniedRef = builder.objectRef<PermissionDenied>('PermissionDeniedError').implement({
  description:
    'The caller is not allowed to send this reply, by a rule of the gateway or of Dashly. REST: 403 `PermissionDeniedError`.',
  interfaces: [ReplyErrorRef],
});

const TooManyRequestsRef = builder.objectRef<TooManyRequests>('TooManyRequestsError').implement({
  description: 'The rate limit of Dashly or of the gateway is exceeded. REST: 429 `TooManyRequests`.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description:
        'The number of seconds to wait before a retry; null if it is unknown. REST: the header `Retry-After`.',
    }),
  }),
});

const AttachmentTooBigRef = builder.objectRef<AttachmentTooBig>('AttachmentTooBigError').implement({
  description: 'The attachment is too large for this gateway or for Dashly. REST: 413.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    maxBytes: t.exposeInt('maxBytes', {
      description:
        'The maximum size of a file that this gateway accepts, in bytes. The limit of Dashly may be lower.',
    }),
  }),
});

const DashlyRejectedRef = builder.objectRef<DashlyRejected>('DashlyRejectedError').implement({
  description: 'Dashly rejected the reply for a reason that no other error type covers. REST: any other 4xx.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    status: t.exposeInt('status', { description: 'The HTTP status of the response, such as 409.' }),
    code: t.exposeString('code', {
      description: "The name of the error in Dashly's response; `HTTP_<status>` if it has none.",
    }),
  }),
});

const UnavailableReason = builder.enumType('UnavailableReason', {
  description: 'Why there is no usable response from Dashly.',
  values: describeValues(unavailableReasons, {
    UNREACHABLE: 'The connection failed or was lost.',
    TIMEOUT: 'Dashly did not respond in time.',
    SERVER_ERROR: 'Dashly or a proxy in front of it failed. REST: 5xx, 408.',
    BAD_RESPONSE: 'The response is not what the API documents.',
  }),
});

const DashlyUnavailableRef = builder.objectRef<DashlyUnavailable>('DashlyUnavailableError').implement({
  description: 'There is no usable response from Dashly. `delivery` says what that means for the reply.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    reason: t.field({
      type: UnavailableReason,
      description: 'What went wrong.',
      resolve: (failure) => failure.reason,
    }),
  }),
});

const IdempotencyConflictRef = builder.objectRef<IdempotencyConflict>('IdempotencyConflictError').implement({
  description:
    'The same caller used this `idempotencyKey` before with another input. This call sent nothing; the earlier call may have created its reply.',
  interfaces: [ReplyErrorRef],
});

const GatewayUnavailableReason = builder.enumType('GatewayUnavailableReason', {
  description: 'Why the gateway could not handle the reply.',
  values: describeValues(gatewayUnavailableReasons, {
    OVERLOADED: 'Too many replies are waiting for a connection to Dashly.',
    STORE_UNREACHABLE:
      'The store of idempotency keys is unreachable. An earlier call with the same key may have created the reply.',
    INTERNAL_ERROR: 'An unexpected error occurred in the gateway. `message` contains the request id.',
  }),
});

const GatewayUnavailableRef = builder.objectRef<GatewayUnavailable>('GatewayUnavailableError').implement({
  description:
    'The gateway could not handle the reply. This call sent nothing, unless `reason` is `INTERNAL_ERROR` and `delivery` is `UNKNOWN`.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    reason: t.field({
      type: GatewayUnavailableReason,
      description: 'Why the gateway could not handle the reply.',
      resolve: (failure) => failure.reason,
    }),
  }),
});

const refs = {
  sent: PayloadRef,
  replyTooBig: ReplyTooBigRef,
  invalidReply: InvalidReplyRef,
  replyTargetNotFound: TargetNotFoundRef,
  notAuthenticated: NotAuthenticatedRef,
  permissionDenied: PermissionDeniedRef,
  tooManyRequests: TooManyRequestsRef,
  attachmentTooBig: AttachmentTooBigRef,
  dashlyRejected: DashlyRejectedRef,
  dashlyUnavailable: DashlyUnavailableRef,
  idempotencyConflict: IdempotencyConflictRef,
  gatewayUnavailable: GatewayUnavailableRef,
} satisfies Record<ReplyOutcome['kind'], unknown>;

export const ReplyToConversationResult = builder.unionType('ReplyToConversationResult', {
  description: 'The result of `replyToConversation`: the reply that was sent, or an error.',
  types: Object.values(refs),
  resolveType: (outcome: ReplyOutcome) => refs[outcome.kind],
});

/** The `__typename` of an outcome in the response. */
export function typeNameOf(outcome: ReplyOutcome): string {
  return refs[outcome.kind].name;
}
