/** Requests whose response must be the same for a new and for a cached document, and Dashly's responses to them. */

import { introspection } from '../../support/introspection.ts';
import { documentedAnswer } from '../../support/upstream/start-upstream.ts';

const everyPart = 'id body from { ... on User { id } ... on Admin { name } } bodyJson';

export interface Params {
  readonly query: string;
  readonly variables?: object | null;
  readonly operationName?: string | null;
  readonly extensions?: object;
}

const id = '... on ReplyToConversationPayload { part { id } }';
export const failure = '... on ReplyError { message delivery }';
const everyField = `__typename
  ... on ReplyToConversationPayload {
    part {
      __typename id conversation { id } partGroup type direction sentVia body bodyJson metaData replyType externalId
      randomId createdAt editedAt removedAt read first inboundEmail
      from { __typename ... on Admin { id name avatar type } ... on DefaultAdmin { name avatar } ... on User { id } }
      actions { __typename ... on QuickReply { body metaData } ... on OtherAction { type data } }
      attachments { id filename mimeType size url createdAt }
    }
    assignPart { id type from { __typename ... on Admin { name } } assignee { id name avatar type } }
  }
  ${failure}
  ... on ReplyTooBigError { bodyLength }
  ... on InvalidReplyError { issues { path message } }
  ... on TooManyRequestsError { retryAfterSeconds }
  ... on AttachmentTooBigError { maxBytes }
  ... on DashlyRejectedError { status code }
  ... on DashlyUnavailableError { reason }`;

export const byInput = (selection = id) =>
  `mutation Reply($input: ReplyToConversationInput!) { replyToConversation(input: $input) { ${selection} } }`;
const byLiteral = (input: string, variables = '', selection = id) =>
  `mutation Reply${variables} { replyToConversation(input: { conversationId: "1", ${input} }) { ${selection} } }`;

/** Without a random id, since the response is the same for all requests. */
export function answerInConversation(conversation: string): object {
  return { ...documentedAnswer, data: { ...documentedAnswer.data, conversation } };
}

/** The newest parts of a conversation, of which there are more. */
export function answerWithParts(conversation: string): object {
  const { assign_part, ...part } = documentedAnswer.data;
  const parts = [{ ...part, id: '3' }, Object(assign_part)].map((it) => ({ ...it, conversation }));
  return { data: parts, meta: { status: 200, next_before_position: 1 } };
}

/** The responses by the id of the conversation. */
export const answers: Record<string, { json: unknown; status?: number; headers?: Record<string, string> }> = {
  '1': { json: answerInConversation('1') },
  '2': {
    json: JSON.stringify(answerInConversation('2')).replace(
      '"some_extra_reply_information":123',
      '"n":12345678901234567890.123456789',
    ),
  },
  '3': {
    json: {
      ...documentedAnswer,
      data: {
        ...documentedAnswer.data,
        conversation: '3',
        from: { name: 'Bot', avatar: null },
        type: 'brand_new',
        actions: [
          { type: 'carousel', cards: [{ n: 1 }] },
          { type: 'quick_reply', body: 'Yes' },
        ],
        created: 1_685_352_440.123456,
        edited: 1_685_352_441,
        attachments: null,
        assign_part: null,
        read: false,
        first: true,
        random_id: 0,
        inbound_email: 77,
      },
    },
  },
  '400': { json: { meta: { status: 400, error: 'ReplyTooBig' } }, status: 400 },
  '401': { json: { meta: { status: 401, error: 'NotAuthenticated' } }, status: 401 },
  '403': { json: { meta: { status: 403, error: 'PermissionDeniedError' } }, status: 403 },
  '404': { json: { meta: { status: 400, error: 'LookupError' } }, status: 400 },
  '418': { json: { meta: { status: 418, error: 'TeapotError' } }, status: 418 },
  '422': {
    json: {
      meta: { status: 400, error: 'ValidationError', error_fields: { body: 'No.', actions: ['A', 'B'] } },
    },
    status: 400,
  },
  '429': {
    json: { meta: { status: 429, error: 'TooManyRequests' } },
    status: 429,
    // Any other value would delay the following requests.
    headers: { 'retry-after': '0' },
  },
  '502': { json: '<html>', status: 502 },
  '2003': { json: 'thanks' },
};

const partsQuery = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $on: Boolean = false) {
  conversation(id: $id) { id parts(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { __typename id from { __typename } ... on AssignPart { assignee { id } } ... @include(if: $on) { randomId } } }
    nodes { ... on ConversationPart { read @include(if: $on) } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}`;
const twoOperations = `
  query Limits { replyLimits { attachmentMaxBytes } }
  mutation Reply { replyToConversation(input: { conversationId: "1" }) { ${id} } }`;
const inputs = (...list: object[]) => list.map((input) => ({ input }));
const nullable =
  '($body: String, $type: ReplyType, $actions: [ReplyActionInput!], $assign: AutoAssignInput, $json: JSONObject)';
const byNullable = byLiteral(
  'body: $body, type: $type, actions: $actions, autoAssign: $assign, bodyJson: $json',
  nullable,
);
export const sharedFragment = `
  query Some($on: Boolean!) { ...Limits @include(if: $on) __typename }
  query All { ...Limits }
  query Renamed { replyLimits { ...Names @skip(if: false) } }
  fragment Limits on Query { replyLimits { ...Names } }
  fragment Names on ReplyLimits { attachmentMaxBytes quickReplyBodyMaxLength }`;

/** A request, and the variables of several such requests, sent sequentially to the same gateway. */
export type Row = [name: string, params: Params, variables?: readonly (object | null)[]];
export const table: Row[] = [
  ['__typename only', { query: '{ __typename }' }],
  [
    'limits',
    { query: '{ replyLimits { attachmentMaxBytes quickReplyBodyMaxLength attachmentFileNameMaxLength } }' },
  ],
  [
    'aliases of one field',
    { query: '{ a: replyLimits { b: attachmentMaxBytes b2: attachmentMaxBytes } c: __typename }' },
  ],
  [
    'duplicated fields',
    {
      query:
        '{ replyLimits { attachmentMaxBytes attachmentMaxBytes } __typename __typename replyLimits { quickReplyBodyMaxLength } }',
    },
  ],
  ['the full introspection', { query: introspection }],
  [
    'a type by name',
    {
      query:
        'query ($name: String!) { __type(name: $name) { name kind isOneOf fields(includeDeprecated: true) { name isDeprecated deprecationReason } enumValues { name } possibleTypes { name } } }',
    },
    [{ name: 'Part' }, { name: 'ReplySenderInput' }, { name: 'Nope' }, { name: 5 }],
  ],
  [
    'a reply with all fields',
    { query: byInput(everyField) },
    Object.keys(answers).flatMap((conversationId) => inputs({ conversationId, body: 'Hello' })),
  ],
  [
    'a reply that the gateway rejects',
    { query: byInput(everyField) },
    inputs({ conversationId: '01' }, { conversationId: '1', actions: [{ quickReply: { body: '' } }] }),
  ],
  [
    'every field of the input',
    { query: byInput() },
    inputs({
      conversationId: 1,
      from: { adminId: 5 },
      type: 'NOTE',
      body: '',
      bodyJson: { a: [1.5, null] },
      actions: { quickReply: { body: 'Yes', metaData: { n: 1 } } },
      autoAssign: { adminId: '6', randomId: 7 },
      externalId: 'e',
      randomId: -1,
      referrer: 'r',
    }),
  ],
  [
    'null in every field of the input',
    { query: byInput() },
    inputs({
      conversationId: '1',
      from: null,
      type: null,
      body: null,
      bodyJson: null,
      actions: null,
      autoAssign: null,
      externalId: null,
      randomId: null,
      referrer: null,
    }),
  ],
  [
    'a named fragment',
    {
      query: `mutation { replyToConversation(input: { conversationId: "1" }) { ...R } } fragment R on ReplyToConversationResult { __typename ...P } fragment P on ReplyToConversationPayload { part { ...Q } assignPart { ...Q assignee { id } } } fragment Q on Part { type id ... on ConversationPart { read } }`,
    },
  ],
  [
    'another order of fields',
    {
      query: `mutation { replyToConversation(input: { conversationId: "3" }) { ...on ReplyToConversationPayload { part { type id ... on Part { body from { ... on DefaultAdmin { name } __typename } } createdAt id } __typename } __typename } }`,
    },
  ],
  [
    '@skip and @include',
    {
      query: `mutation ($a: Boolean!, $b: Boolean = true) { replyToConversation(input: { conversationId: "1" }) { ... on ReplyToConversationPayload { part { id @skip(if: $a) read @include(if: $a) first @include(if: $b) @skip(if: $a) ... @include(if: $b) { randomId } } } } }`,
    },
    [{ a: true }, { a: false }, { a: true, b: false }, { a: false, b: false }],
  ],
  [
    'everything skipped',
    { query: 'query ($a: Boolean!) { replyLimits @skip(if: $a) { attachmentMaxBytes } }' },
    [{ a: true }, { a: false }],
  ],
  [
    'a field that is selected twice, once under @include',
    {
      query: `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: "1" }) { ${id} } replyToConversation(input: { conversationId: "1" }) @include(if: $a) { ... on ReplyToConversationPayload { part { read } } } }`,
    },
    [{ a: false }, { a: true }],
  ],
  [
    'a part that is selected twice, once under @include',
    {
      query: `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: "1" }) { ${id} ... on ReplyToConversationPayload { part @include(if: $a) { read } } } }`,
    },
    [{ a: false }, { a: true }],
  ],
  [
    'a fragment that is spread twice with conditions',
    {
      query:
        'query ($a: Boolean!, $b: Boolean!) { ...L @include(if: $a) ...L @include(if: $b) } fragment L on Query { replyLimits { attachmentMaxBytes } }',
    },
    [
      { a: false, b: false },
      { a: true, b: false },
      { a: false, b: true },
    ],
  ],
  [
    'null for @skip',
    {
      query: `mutation ($a: Boolean = true) { replyToConversation(input: { conversationId: "1" }) { ... on ReplyToConversationPayload { part { id read @skip(if: $a) } } } }`,
    },
    [{ a: null }, { a: false }],
  ],
  ['the first of several operations', { query: twoOperations, operationName: 'Limits' }],
  ['the second of several operations', { query: twoOperations, operationName: 'Reply' }],
  ['an unknown operation', { query: twoOperations, operationName: 'Nope' }],
  ['none of several operations', { query: twoOperations }],
  ['an empty operation name', { query: '{ __typename }', operationName: '' }],
  ['null for all optional parameters', { query: '{ __typename }', operationName: null, variables: null }],
  ['extensions', { query: '{ __typename }', extensions: { a: 1 } }],
  [
    'operations that share a fragment, one with a condition',
    { query: sharedFragment, operationName: 'Some' },
    [{ on: false }, { on: true }],
  ],
  [
    'a wrong enum',
    { query: byInput() },
    inputs(
      { conversationId: '1', type: 'POST' },
      { conversationId: '1', type: 'note' },
      { conversationId: '1', type: 1 },
    ),
  ],
  ['a required field that is missing', { query: byInput() }, [{ input: {} }, {}, { input: null }, null]],
  ['an unknown field', { query: byInput() }, inputs({ conversationId: '1', nope: 1 })],
  ['several errors at once', { query: byInput() }, inputs({ nope: 1, type: 'X', randomId: 2 ** 31 })],
  [
    'two members of a oneOf',
    { query: byInput() },
    inputs(
      { conversationId: '1', from: { adminId: '1', userId: '2' } },
      { conversationId: '1', from: {} },
      { conversationId: '1', from: { adminId: null } },
      { conversationId: '1', from: { adminId: '1', userId: null } },
    ),
  ],
  [
    'an Int that overflows',
    { query: byInput() },
    inputs(
      { conversationId: '1', randomId: 2 ** 31 },
      { conversationId: '1', randomId: 1.5 },
      { conversationId: '1', randomId: '5' },
    ),
  ],
  [
    'a string for an object',
    { query: byInput() },
    [
      { input: 'x' },
      { input: [] },
      { input: { conversationId: '1', bodyJson: '{}' } },
      { input: { conversationId: '1', bodyJson: [] } },
    ],
  ],
  [
    'an object for a string',
    { query: byInput() },
    inputs(
      { conversationId: '1', body: {} },
      { conversationId: ['1'] },
      { conversationId: 1.5 },
      { conversationId: true },
    ),
  ],
  [
    'a valid request after an invalid one',
    { query: byInput() },
    inputs({ conversationId: '1', type: 'X' }, { conversationId: '1', type: 'NOTE' }),
  ],
  ['an invalid file', { query: byInput() }, inputs({ conversationId: '1', attachment: { file: {} } })],
  [
    'variables with defaults',
    { query: byLiteral('body: $body, type: $type', '($body: String = "Hi", $type: ReplyType = NOTE)') },
    [{}, { body: 'Ho' }, { body: null, type: null }, { type: 'ARTICLE' }],
  ],
  [
    'an input with a default',
    {
      query: `mutation ($input: ReplyToConversationInput = { conversationId: 1, type: NOTE, bodyJson: { n: 1.50 } }) { replyToConversation(input: $input) { ${id} } }`,
    },
    [{}, { input: { conversationId: '1' } }, { input: null }],
  ],
  [
    'null for a variable with a default',
    { query: `mutation ($id: ID = "1") { replyToConversation(input: { conversationId: $id }) { ${id} } }` },
    [{ id: null }, {}, { id: '2' }],
  ],
  [
    'variables that are missing, null or set',
    { query: byNullable },
    [
      {},
      { body: null, type: null, actions: null, assign: null, json: null },
      {
        body: '',
        type: 'NOTE',
        actions: { quickReply: { body: 'x', metaData: { n: 1 } } },
        assign: { adminId: 5, randomId: 7 },
        json: { a: {} },
      },
    ],
  ],
  ['undeclared variables', { query: '{ __typename }' }, [{ nope: 1 }]],
  [
    'parts of a conversation',
    { query: partsQuery },
    [
      { id: '7' },
      { id: 7, first: 2, on: true },
      { id: '7', last: 2, before: null },
      { id: '7', first: 1, last: 1 },
      { id: '7', first: 0 },
      { id: '7', after: '!' },
      { id: '0' },
      { id: '404' },
      { id: '502' },
      { id: null },
    ],
  ],
  [
    'parts of two conversations',
    {
      query:
        '{ a: conversation(id: 7) { parts { nodes { id } } } b: conversation(id: "403") { id parts(last: 2) { nodes { id } } } }',
    },
  ],
  [
    'the conversation of a sent part',
    {
      query:
        'mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { conversation { id parts(last: 2) { nodes { id } } } } } } }',
    },
  ],
  [
    'references to conversations',
    {
      query:
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Conversation { id parts { nodes { id } } } } }',
    },
    [['7', '404'], ['8'], ['0'], []].map((ids) => ({
      of: ids.map((it) => ({ __typename: 'Conversation', id: it })),
    })),
  ],
  [
    'literals of every kind',
    {
      query: byLiteral(
        'from: { default: USER }, type: ARTICLE, body: """block "text" """, actions: { quickReply: { body: "A" } }, autoAssign: { adminId: 5, randomId: -2 }, randomId: 3',
      ),
    },
  ],
  [
    'JSON as a literal',
    {
      query: byLiteral(
        'bodyJson: { i: 5, f: 1.50, e: 1e2, s: "x", b: true, n: null, l: [1, [2]], o: { a: {} } }',
      ),
    },
  ],
  [
    'JSON as a literal with long numbers',
    {
      query: byLiteral(
        'bodyJson: { big: 12345678901234567890, f: 0.12345678901234567890123 }, actions: [{ quickReply: { body: "A", metaData: { id: 9007199254740993 } } }]',
      ),
    },
  ],
  [
    'JSON with names of properties of Object.prototype',
    {
      query: byLiteral(
        'bodyJson: { __proto__: { a: 1 }, constructor: 2, toJSON: 3 }, actions: [{ quickReply: { body: "A", metaData: $m } }]',
        '($m: JSONObject = { __proto__: { b: 1 }, then: 2 })',
      ),
    },
    [{}, { m: { ['__proto__']: { c: 1 }, hasOwnProperty: 1 } }],
  ],
  [
    'JSON as a literal with variables inside',
    {
      query: byLiteral(
        'bodyJson: { a: $x, b: { c: [$x, $y] } }, actions: [{ quickReply: { body: "A", metaData: { a: $x } } }]',
        '($x: Int, $y: String)',
      ),
    },
    [{ x: 5, y: 'z' }, { x: 6 }, { x: null, y: null }, {}],
  ],
  [
    'parts of literals in variables',
    {
      query: byLiteral(
        'from: { adminId: $id }, actions: [{ quickReply: { body: $text } }, $more], autoAssign: { adminId: $id, randomId: $n }',
        '($id: ID!, $text: String!, $more: ReplyActionInput!, $n: Int)',
      ),
    },
    [
      { id: 5, text: 'A', more: { quickReply: { body: 'B' } } },
      { id: '6', text: 'C', more: { quickReply: { body: 'D', metaData: {} } }, n: 3 },
    ],
  ],
  [
    'two replies under aliases',
    {
      query: `mutation { a: replyToConversation(input: { conversationId: "3", body: "1" }) { ${id} ${failure} } b: replyToConversation(input: { conversationId: "404", body: "2" }) { ${id} ${failure} } }`,
    },
  ],
  ['an unknown field', { query: '{ nope }' }],
  ['an invalid document', { query: 'query { 5 }' }],
  ['a missing selection', { query: '{ replyLimits }' }],
  ['a subscription', { query: 'subscription { nope }' }],
];

/** Documents with plans that are difficult to compile, and the variables of the requests. */
const selections: [name: string, query: string, ...variables: object[]][] = [
  [
    'literals only',
    'mutation { replyToConversation(input: { conversationId: 18446744073709551615, from: { default: ADMIN }, type: NOTE, body: "a\\"b\\\\c\\u2028</script>$`" }) { __typename } }',
    {},
  ],
  [
    'variables in a literal input',
    `mutation ($id: ID!, $admin: ID!, $type: ReplyType = ARTICLE, $body: String, $random: Int, $button: String!) {
      replyToConversation(input: {
        conversationId: $id, from: { adminId: $admin }, type: $type, body: $body, autoAssign: { adminId: $admin, randomId: $random },
        actions: [{ quickReply: { body: "first" } }, { quickReply: { body: $button } }]
      }) { __typename }
    }`,
    { id: 5, admin: '6', button: 'b' },
    { id: '5', admin: 6, type: null, body: null, random: null, button: 'b' },
    { id: '5', admin: 6, type: 'NOTE', body: '', random: 0, button: 'c' },
  ],
  [
    'a variable in a list position that is not written as a list',
    'mutation ($body: String!) { replyToConversation(input: { conversationId: 7, actions: { quickReply: { body: $body } } }) { __typename } }',
    { body: 'x' },
    { body: 'y' },
  ],
  [
    'variables for whole members of the input',
    `mutation ($action: ReplyActionInput!, $from: ReplySenderInput!, $assign: AutoAssignInput) {
      replyToConversation(input: { conversationId: 7, actions: [$action, $action], from: $from, autoAssign: $assign }) { __typename }
    }`,
    { action: { quickReply: { body: 'x' } }, from: { userId: 7 } },
    { action: { quickReply: { body: 'y' } }, from: { default: 'USER' }, assign: { adminId: 3 } },
  ],
  [
    'two replies in one document, one of them rejected',
    `mutation ($id: ID!) {
      one: replyToConversation(input: { conversationId: 1, body: "one" }) { __typename }
      two: replyToConversation(input: { conversationId: $id }) { __typename ... on InvalidReplyError { issues { path } } }
      three: replyToConversation(input: { conversationId: 3, body: "three" }) { __typename ... on ReplyToConversationPayload { part { id } } }
    }`,
    { id: '0' },
    { id: '1' },
  ],
  [
    'a field that is selected twice',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { part { id } part { id body conversation { id } } } ... on ReplyToConversationPayload { part { type } } } }`,
    {},
  ],
  [
    'a field that is selected twice, once with a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { id } part @include(if: $a) { id body } } } }`,
    { a: true },
    { a: false },
  ],
  [
    'a leaf that is selected twice, once with a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { id id @include(if: $a) body @skip(if: $a) body } } } }`,
    { a: true },
    { a: false },
  ],
  [
    'one fragment on both parts, one of which is skipped by a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { ...F } assignPart @skip(if: $a) { ...F } } } }
    fragment F on Part { ${everyPart} }`,
    { a: true },
    { a: false },
  ],
  [
    'conditions inside conditions',
    `mutation ($a: Boolean!, $b: Boolean = true) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload @include(if: $a) {
      part { ... @skip(if: $b) { id ... on Part @include(if: $a) { body } } createdAt @skip(if: $a) @include(if: $b) } } __typename } }`,
    { a: true },
    { a: false },
    { a: true, b: false },
    { a: false, b: false },
  ],
  [
    'the mutation itself with a condition',
    `mutation ($a: Boolean!) {
      __typename
      replyToConversation(input: { conversationId: 7 }) @include(if: $a) { __typename }
      again: replyToConversation(input: { conversationId: 8 }) @skip(if: $a) { __typename }
    }`,
    { a: true },
    { a: false },
  ],
  [
    'a constant condition',
    `mutation { replyToConversation(input: { conversationId: 7 }) {
      __typename @skip(if: true) ... on ReplyToConversationPayload @include(if: true) { part { id @include(if: false) type } } } }`,
    {},
  ],
  [
    'aliases that swap names',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      assignPart: part { body: id id: body } part: assignPart { body: id, __proto: __typename, constructor: type } } } }`,
    {},
  ],
  [
    'abstract types inside abstract types',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { ...P ... on ConversationPart { attachments { id } } } assignPart { ...P ... on Part { ... on AssignPart { assignee { id } } } }
    } ... on ReplyError { ... on InvalidReplyError { message } message } } }
    fragment P on Part { __typename ... on ConversationPart { replyType } ... on AssignPart { actions { __typename } } from { __typename } }`,
    {},
  ],
  [
    'a variable with a default for the whole input',
    'mutation ($input: ReplyToConversationInput = { conversationId: 7, body: "a" }) { replyToConversation(input: $input) { __typename } }',
    {},
    { input: { conversationId: 8, body: 'b' } },
    {},
  ],
  // graphql-jit binds conditions to the nodes of a fragment, wherever it is spread, and reads the first spread only.
  [
    'one fragment on both parts, with a condition at one of them',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { id ...F @include(if: $a) } assignPart { id ...F } } } }
    fragment F on Part { ${everyPart} }`,
    { a: true },
    { a: false },
  ],
  [
    'a fragment that is spread twice, the first time with a condition',
    `mutation ($a: Boolean!) { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload {
      part { ...F @include(if: $a) ...F } } } }
    fragment F on Part { ${everyPart} }`,
    { a: true },
    { a: false },
  ],
  [
    'an alias that is a property of Object.prototype',
    `mutation { replyToConversation(input: { conversationId: 7 }) { ... on ReplyToConversationPayload { __proto__: part { id } part { __proto__: id } } } }`,
    {},
  ],
];
export const selectionRows: readonly Row[] = selections.map(
  ([name, query, ...variables]): Row => [name, { query }, variables],
);
