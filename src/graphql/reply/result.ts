/** The union that `replyToConversation` answers with: the reply, or one of the ways to fail. */

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
    'Whether the reply exists although an error is reported: what to know before sending it again. Each value is said only with proof.',
  values: describeValues(deliveries, {
    NOT_DELIVERED:
      'The reply does not exist: nothing of the request was sent, or Dashly refused it. It is safe to send it again.',
    UNKNOWN:
      'The reply may exist. Look into the conversation before sending it again; asking again with the same `idempotencyKey` is safe.',
    DELIVERED: 'The reply exists: Dashly confirmed it. Do not send it again.',
  }),
});

const ReplyErrorRef = builder.interfaceRef<ReplyFailure>('ReplyError').implement({
  description:
    'What every way to fail has, so that a client can select it once, also for members of later versions.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What happened, in a sentence for a person.' }),
    delivery: t.field({
      type: Delivery,
      description: 'Whether the reply exists although an error is reported.',
      resolve: (failure) => failure.delivery,
    }),
  }),
});

const PayloadRef = builder.objectRef<SentReply>('ReplyToConversationPayload').implement({
  description: 'The reply was sent.',
  fields: (t) => ({
    part: t.field({ type: ConversationPartRef, description: 'The reply.', resolve: (sent) => sent.part }),
    assignPart: t.field({
      type: AssignPartRef,
      nullable: true,
      description:
        'The entry that tells of the assignment; null where nothing was assigned. REST: `assign_part`.',
      resolve: (sent) => sent.assignPart,
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the answer to an earlier call with the same `idempotencyKey`.',
    }),
  }),
});

const ReplyTooBigRef = builder.objectRef<ReplyTooBig>('ReplyTooBigError').implement({
  description: 'The body is too long for Dashly. REST: 400 `ReplyTooBig`.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    bodyLength: t.exposeInt('bodyLength', {
      description: 'The length of the body that was refused, in characters.',
    }),
  }),
});

const ReplyIssueRef = builder.objectRef<ReplyIssue>('ReplyIssue').implement({
  description: 'One fault in the input.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description:
        'Where in the input it is, such as `["actions", "0", "quickReply", "body"]`; empty where it is the whole input.',
    }),
    message: t.exposeString('message', { description: 'What is wrong there.' }),
  }),
});

const InvalidReplyRef = builder.objectRef<InvalidReply>('InvalidReplyError').implement({
  description:
    'The input breaks a rule: the gateway saw it and sent nothing, or Dashly refused it. REST: 400 `ValidationError` ' +
    'or `BadRequest`.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    issues: t.field({
      type: [ReplyIssueRef],
      description:
        'Every fault that could be located; empty where Dashly refused the reply without saying which field.',
      resolve: (failure) => failure.issues,
    }),
  }),
});

const TargetNotFoundRef = builder.objectRef<ReplyTargetNotFound>('ReplyTargetNotFoundError').implement({
  description: 'There is no such conversation, admin or user. REST: 400 `LookupError`.',
  interfaces: [ReplyErrorRef],
});

const NotAuthenticatedRef = builder.objectRef<NotAuthenticated>('NotAuthenticatedError').implement({
  description: 'The token is missing, wrong or expired. REST: 401 `NotAuthenticated`.',
  interfaces: [ReplyErrorRef],
});

const PermissionDeniedRef = builder.objectRef<PermissionDenied>('PermissionDeniedError').implement({
  description:
    "The caller may not send this reply, by the gateway's own rules or by Dashly's. REST: 403 `PermissionDeniedError`.",
  interfaces: [ReplyErrorRef],
});

const TooManyRequestsRef = builder.objectRef<TooManyRequests>('TooManyRequestsError').implement({
  description:
    "Too many replies came in a short time, for Dashly or for the gateway's own limit. REST: 429 `TooManyRequests`.",
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'How many seconds to wait, where it is known. REST: the header `Retry-After`.',
    }),
  }),
});

const AttachmentTooBigRef = builder.objectRef<AttachmentTooBig>('AttachmentTooBigError').implement({
  description: 'The attached file is too large, for this gateway or for Dashly. REST: 413.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    maxBytes: t.exposeInt('maxBytes', {
      description: "The largest file that this gateway takes, in bytes; Dashly's own limit may be lower.",
    }),
  }),
});

const DashlyRejectedRef = builder.objectRef<DashlyRejected>('DashlyRejectedError').implement({
  description: 'Dashly refused the reply for a reason that has no type of its own here. REST: any other 4xx.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    status: t.exposeInt('status', { description: 'The status of the refusal, such as 409.' }),
    code: t.exposeString('code', {
      description: "Dashly's own name for the reason, or `HTTP_<status>` where it gave none.",
    }),
  }),
});

const UnavailableReason = builder.enumType('UnavailableReason', {
  description: 'Why there is no usable answer.',
  values: describeValues(unavailableReasons, {
    UNREACHABLE: 'No connection could be made, or it was lost.',
    TIMEOUT: 'The time that the gateway waits ran out.',
    SERVER_ERROR: 'Dashly, or a proxy in front of it, failed. REST: 5xx, 408.',
    BAD_RESPONSE: 'What came is not what the API documents.',
  }),
});

const DashlyUnavailableRef = builder.objectRef<DashlyUnavailable>('DashlyUnavailableError').implement({
  description: 'No usable answer came from Dashly; `delivery` tells what that means for the reply.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    reason: t.field({
      type: UnavailableReason,
      description: 'What went wrong, to tell a delay from a defect.',
      resolve: (failure) => failure.reason,
    }),
  }),
});

const IdempotencyConflictRef = builder.objectRef<IdempotencyConflict>('IdempotencyConflictError').implement({
  description:
    "The same caller's same `idempotencyKey` came before with another input. This call sent nothing; the earlier one may have created its reply.",
  interfaces: [ReplyErrorRef],
});

const GatewayUnavailableReason = builder.enumType('GatewayUnavailableReason', {
  description: 'Why the gateway itself could not handle a reply.',
  values: describeValues(gatewayUnavailableReasons, {
    OVERLOADED: 'Too many replies wait for a connection to Dashly.',
    STORE_UNREACHABLE:
      'The store of idempotency keys cannot be reached, so that an earlier call may have created the reply.',
    INTERNAL_ERROR: 'The gateway failed in a way that was not foreseen; `message` has the id of the request.',
  }),
});

const GatewayUnavailableRef = builder.objectRef<GatewayUnavailable>('GatewayUnavailableError').implement({
  description:
    'The gateway itself could not handle the reply. This call sent nothing, unless `reason` is `INTERNAL_ERROR` and `delivery` is `UNKNOWN`.',
  interfaces: [ReplyErrorRef],
  fields: (t) => ({
    reason: t.field({
      type: GatewayUnavailableReason,
      description: 'What was in the way.',
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
  description: 'What became of a reply.',
  types: Object.values(refs),
  resolveType: (outcome: ReplyOutcome) => refs[outcome.kind],
});

/** The name of the type that an outcome is in the answer: its `__typename`. */
export function typeNameOf(outcome: ReplyOutcome): string {
  return refs[outcome.kind].name;
}
