/** What Dashly sends and its API does not document, by field: never with the value, which may be a text or a secret. */

/** Whose values are a list; `exception` is the name in a rejection. */
export const fieldsWithKnownValues = [
  'exception',
  'type',
  'direction',
  'sentVia',
  'replyType',
  'from',
  'adminType',
  'actions',
] as const;

/** Whose shape is documented; `envelope`, `data` and `nextPosition` belong to the whole answer. */
export const fieldsWithKnownShape = [
  'envelope',
  'exception',
  'data',
  'nextPosition',
  'id',
  'conversation',
  'partGroup',
  'type',
  'direction',
  'sentVia',
  'replyType',
  'from',
  'adminName',
  'adminAvatar',
  'adminType',
  'body',
  'bodyJson',
  'metaData',
  'actions',
  'externalId',
  'randomId',
  'createdAt',
  'editedAt',
  'removedAt',
  'attachments',
  'read',
  'first',
  'inboundEmail',
  'assignPart',
  'assignee',
] as const;

export type FieldWithKnownValues = (typeof fieldsWithKnownValues)[number];
export type FieldWithKnownShape = (typeof fieldsWithKnownShape)[number];

/**
 * - `unknownValue`: the value is not in the schema; clients get `UNKNOWN` or a general type in its place.
 * - `otherShape`: the value has another shape; clients get null or nothing in its place, or the whole answer is unusable.
 */
export type ObserveUndocumented = (
  ...found:
    | [kind: 'unknownValue', field: FieldWithKnownValues, conversationId: string]
    | [kind: 'otherShape', field: FieldWithKnownShape, conversationId: string]
) => void;
