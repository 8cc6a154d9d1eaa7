/** The conversations of the sandbox, one for each way in which Dashly can answer. */

import type { ConversationPart } from '../api/conversation-part.ts';
import type { Scene } from '../api/reply-context.ts';
import type { Answer } from '../api/responses.ts';
import { envelope } from '../envelope.ts';
import { proxyPage } from '../proxy-page.ts';
import { refuse } from '../refuse.ts';
import {
  composeAssignedToNobody,
  composeRich,
  composeSparse,
  composeUnassigned,
  composeUnknownKinds,
} from './unusual-parts.ts';

/** The kinds of conversations, in the order in which they are listed. */
export const sandboxConversationKinds = {
  answers: 'Dashly creates the reply and says so',
  refuses: 'Dashly refuses: nothing is created',
  fails: 'Dashly or a proxy before it fails',
  garbles: 'The answer cannot be read as what it should be',
  breaks: 'The connection breaks, or nothing more comes',
} as const;

interface Row {
  /** Digits, as in the path. A conversation about an HTTP status has that status as its id. */
  id: string;
  kind: keyof typeof sandboxConversationKinds;
  /** What Dashly does there, in a few words. */
  title: string;
}

interface CreatingRow extends Row {
  /** Whether the reply exists afterwards, whatever the caller gets to hear of it. */
  creates: true;
  /** Ids are bare numbers even under `id_as_string`. */
  bareIds?: true;
  /** What is created, where that is not the ordinary part. */
  compose?: (scene: Scene) => ConversationPart;
  /** What the caller gets to hear of it. */
  answer(part: ConversationPart): Answer;
}

interface BarrenRow extends Row {
  creates: false;
  /** The answer comes on the headers alone: the body is not read, and the call is not remembered. */
  early?: true;
  answer(sandbox: { url: string }): Answer;
}

/** One conversation: how it is listed, and what becomes of a reply in it. */
export type SandboxConversation = CreatingRow | BarrenRow;

const created = (part: object) => envelope({ status: 200 }, part);

/**
 * The one table from which the sandbox behaves. A reply is first checked like any other (token, parameters);
 * any id that is not here answers `LookupError`.
 */
export const sandboxConversations: readonly SandboxConversation[] = [
  { id: '1', kind: 'answers', title: 'answers as documented', creates: true, answer: created },
  {
    id: '2',
    kind: 'answers',
    title: 'ids are bare numbers even with id_as_string',
    creates: true,
    bareIds: true,
    answer: created,
  },
  {
    id: '3',
    kind: 'answers',
    title: 'kinds that nobody knows yet: type, sent_via, reply_type, direction, action, author',
    creates: true,
    compose: composeUnknownKinds,
    answer: created,
  },
  {
    id: '4',
    kind: 'answers',
    title: 'a sparse note: optional fields absent or null, times with fractions, edited and removed',
    creates: true,
    compose: composeSparse,
    answer: created,
  },
  {
    id: '5',
    kind: 'answers',
    title: 'auto_assign changes nothing: no assign_part',
    creates: true,
    compose: composeUnassigned,
    answer: created,
  },
  {
    id: '6',
    kind: 'answers',
    title: 'slow: answers as documented after 2 seconds',
    creates: true,
    answer: (part) => ({ ...created(part), delayMs: 2_000 }),
  },
  {
    id: '7',
    kind: 'answers',
    title: 'rich: files that nobody sent, numbers of many digits in meta_data',
    creates: true,
    compose: composeRich,
    answer: created,
  },
  {
    id: '8',
    kind: 'answers',
    title: 'auto_assign ends with the default admin, who has no id, and with no assignee',
    creates: true,
    compose: composeAssignedToNobody,
    answer: created,
  },
  {
    id: '1789152',
    kind: 'answers',
    title: "answers as documented: the conversation of Dashly's own examples, with admin 8164",
    creates: true,
    answer: created,
  },

  {
    id: '4001',
    kind: 'refuses',
    title: '400 ReplyTooBig',
    creates: false,
    answer: () => refuse('ReplyTooBig'),
  },
  {
    id: '4002',
    kind: 'refuses',
    title: '400 ValidationError, error_fields an object',
    creates: false,
    answer: () =>
      refuse('ValidationError', {
        fields: { body: 'Body is not wanted here.', actions: ['Too many.', 'Too loud.'] },
      }),
  },
  {
    id: '4003',
    kind: 'refuses',
    title: '400 ValidationError, error_fields a list of names',
    creates: false,
    answer: () => refuse('ValidationError', { fields: ['body', 'actions'] }),
  },
  {
    id: '4004',
    kind: 'refuses',
    title: '400 BadRequest',
    creates: false,
    answer: () => refuse('BadRequest'),
  },
  {
    id: '4005',
    kind: 'refuses',
    title: '400 LookupError, as for any conversation that is not listed',
    creates: false,
    answer: () => refuse('LookupError'),
  },
  {
    id: '4006',
    kind: 'refuses',
    title: '400 ConversationLocked, a name that is not documented',
    creates: false,
    answer: () =>
      envelope({ status: 400, error: 'ConversationLocked', error_message: 'The conversation is locked.' }),
  },
  {
    id: '401',
    kind: 'refuses',
    title: '401 NotAuthenticated',
    creates: false,
    answer: () => refuse('NotAuthenticated'),
  },
  {
    id: '403',
    kind: 'refuses',
    title: '403 PermissionDeniedError',
    creates: false,
    answer: () => refuse('PermissionDeniedError'),
  },
  { id: '404', kind: 'refuses', title: '404 Error404', creates: false, answer: () => refuse('Error404') },
  {
    id: '405',
    kind: 'refuses',
    title: '405 MethodNotAllowed',
    creates: false,
    answer: () => refuse('MethodNotAllowed'),
  },
  {
    id: '413',
    kind: 'refuses',
    title: '413 as HTML from a proxy',
    creates: false,
    answer: () => proxyPage(413),
  },
  {
    id: '418',
    kind: 'refuses',
    title: '418 TeapotError, a status and a name that are not documented',
    creates: false,
    answer: () =>
      envelope({ status: 418, error: 'TeapotError', error_message: 'This conversation is short and stout.' }),
  },
  {
    id: '422',
    kind: 'refuses',
    title: '422 as HTML, with no envelope',
    creates: false,
    answer: () => proxyPage(422),
  },
  {
    id: '429',
    kind: 'refuses',
    title: '429 TooManyRequests, Retry-After: 2',
    creates: false,
    answer: () => refuse('TooManyRequests', { headers: { 'retry-after': '2' } }),
  },
  {
    id: '4290',
    kind: 'refuses',
    title: '429 TooManyRequests, no Retry-After',
    creates: false,
    answer: () => refuse('TooManyRequests'),
  },
  {
    id: '4291',
    kind: 'refuses',
    title: '429 TooManyRequests, Retry-After a date 2 seconds from now',
    creates: false,
    answer: () =>
      refuse('TooManyRequests', { headers: { 'retry-after': new Date(Date.now() + 2_000).toUTCString() } }),
  },
  {
    id: '4292',
    kind: 'refuses',
    title: '429 TooManyRequests, Retry-After that means nothing',
    creates: false,
    answer: () => refuse('TooManyRequests', { headers: { 'retry-after': 'soon' } }),
  },

  { id: '500', kind: 'fails', title: '500 Error500', creates: false, answer: () => refuse('Error500') },
  {
    id: '502',
    kind: 'fails',
    title: '502 as HTML from a proxy',
    creates: false,
    answer: () => proxyPage(502),
  },
  {
    id: '503',
    kind: 'fails',
    title: '503 as HTML from a proxy',
    creates: false,
    answer: () => proxyPage(503),
  },
  {
    id: '504',
    kind: 'fails',
    title: '504 as HTML from a proxy, though the reply is created',
    creates: true,
    answer: () => proxyPage(504),
  },

  {
    id: '2001',
    kind: 'garbles',
    title: 'HTTP 200, meta says 400 LookupError: nothing is created',
    creates: false,
    answer: () => ({ ...refuse('LookupError'), status: 200 }),
  },
  {
    id: '2002',
    kind: 'garbles',
    title: 'HTTP 200, meta says 500 Error500: nothing is created',
    creates: false,
    answer: () => ({ ...refuse('Error500'), status: 200 }),
  },
  {
    id: '2003',
    kind: 'garbles',
    title: 'the reply is created, the answer is not JSON',
    creates: true,
    answer: (part) => ({ ...created(part), body: 'Reply created, have a nice day!' }),
  },
  {
    id: '2004',
    kind: 'garbles',
    title: 'the reply is created, the answer has another shape',
    creates: true,
    answer: (part) => created({ reply: { uuid: part.id, text: part.body } }),
  },
  {
    id: '2005',
    kind: 'garbles',
    title: 'the reply is created, the answer is cut off in the middle',
    creates: true,
    answer: (part) => ({ kind: 'cut-off', body: created(part).body }),
  },
  {
    id: '2006',
    kind: 'breaks',
    title: 'the reply is created, status and headers come, then nothing',
    creates: true,
    answer: () => ({ kind: 'silence-after-headers' }),
  },
  {
    id: '2007',
    kind: 'garbles',
    title: 'HTTP 500, meta says 400 ValidationError: nothing is created',
    creates: false,
    answer: () => ({ ...refuse('ValidationError'), status: 500 }),
  },
  {
    id: '2008',
    kind: 'garbles',
    title: 'the reply is created, the answer is null',
    creates: true,
    answer: (part) => ({ ...created(part), body: 'null' }),
  },
  {
    id: '2009',
    kind: 'garbles',
    title: 'the reply is created, the answer is 32 MiB long, nearly all of it spaces',
    creates: true,
    answer: (part) => {
      const usual = created(part);
      return { ...usual, body: ' '.repeat(32 * 1024 * 1024) + usual.body };
    },
  },
  {
    id: '204',
    kind: 'garbles',
    title: 'the reply is created, the answer is 204 with no body',
    creates: true,
    answer: () => ({ kind: 'send', status: 204, headers: {}, body: '' }),
  },
  {
    id: '302',
    kind: 'garbles',
    title: '302 to conversation 1, as HTML: nothing is created',
    creates: false,
    answer: ({ url }) => proxyPage(302, { location: `${url}/conversations/1/reply` }),
  },

  {
    id: '9001',
    kind: 'breaks',
    title: 'hangs up without an answer: nothing is created',
    creates: false,
    answer: () => ({ kind: 'hang-up' }),
  },
  {
    id: '9002',
    kind: 'breaks',
    title: 'hangs up on the headers, before the body is read: nothing is created',
    creates: false,
    early: true,
    answer: () => ({ kind: 'hang-up' }),
  },
  {
    id: '9003',
    kind: 'breaks',
    title: 'never answers: nothing is created',
    creates: false,
    answer: () => ({ kind: 'silence' }),
  },
  {
    id: '9004',
    kind: 'breaks',
    title: 'answers with bytes that are no HTTP: nothing is created',
    creates: false,
    answer: () => ({ kind: 'garbage' }),
  },
  {
    id: '9005',
    kind: 'breaks',
    title: 'resets the connection: nothing is created',
    creates: false,
    answer: () => ({ kind: 'reset' }),
  },
];

/** The same by kind, each under its heading. */
export const sandboxConversationsByKind = Object.entries(sandboxConversationKinds).map(([kind, heading]) => ({
  heading,
  conversations: sandboxConversations.filter((conversation) => conversation.kind === kind),
}));
