/** Scenarios in which Dashly, or a proxy in front of it, responds with an error. */
import { envelope, errorResponse, proxyPage } from '../api/responses.ts';
import type { Scenario } from './scenario.ts';

/** Client errors: nothing is created. */
export const refusalScenarios: readonly Scenario[] = [
  { id: '4001', title: '400 ReplyTooBig', creates: false, respond: () => errorResponse('ReplyTooBig') },
  {
    id: '4002',
    title: '400 ValidationError, error_fields is an object',
    creates: false,
    respond: () =>
      errorResponse('ValidationError', {
        fields: { body: 'Not allowed here.', actions: ['Too many.', 'Too loud.'] },
      }),
  },
  {
    id: '4003',
    title: '400 ValidationError, error_fields is a list of names',
    creates: false,
    respond: () => errorResponse('ValidationError', { fields: ['body', 'actions'] }),
  },
  { id: '4004', title: '400 BadRequest', creates: false, respond: () => errorResponse('BadRequest') },
  {
    id: '4005',
    title: '400 LookupError, as for every conversation that is not listed',
    creates: false,
    earlierParts: 0,
    reading: { error: 'LookupError' },
    respond: () => errorResponse('LookupError'),
  },
  {
    id: '4006',
    title: '400 ConversationLocked, an undocumented name',
    creates: false,
    respond: () =>
      envelope({ status: 400, error: 'ConversationLocked', error_message: 'The conversation is locked.' }),
  },
  {
    id: '401',
    title: '401 NotAuthenticated',
    creates: false,
    reading: { error: 'NotAuthenticated' },
    respond: () => errorResponse('NotAuthenticated'),
  },
  {
    id: '403',
    title: '403 PermissionDeniedError',
    creates: false,
    reading: { error: 'PermissionDeniedError' },
    respond: () => errorResponse('PermissionDeniedError'),
  },
  { id: '404', title: '404 Error404', creates: false, respond: () => errorResponse('Error404') },
  {
    id: '405',
    title: '405 MethodNotAllowed',
    creates: false,
    respond: () => errorResponse('MethodNotAllowed'),
  },
  { id: '413', title: '413 as HTML from a proxy', creates: false, respond: () => proxyPage(413) },
  {
    id: '418',
    title: '418 TeapotError, an undocumented status and name',
    creates: false,
    respond: () =>
      envelope({ status: 418, error: 'TeapotError', error_message: 'This conversation is short and stout.' }),
  },
  { id: '422', title: '422 as HTML, without an envelope', creates: false, respond: () => proxyPage(422) },
  {
    id: '429',
    title: '429 TooManyRequests, Retry-After: 2',
    creates: false,
    respond: () => errorResponse('TooManyRequests', { headers: { 'retry-after': '2' } }),
  },
  {
    id: '4290',
    title: '429 TooManyRequests without Retry-After',
    creates: false,
    respond: () => errorResponse('TooManyRequests'),
  },
  {
    id: '4291',
    title: '429 TooManyRequests, Retry-After is a date 2 seconds from now',
    creates: false,
    respond: () =>
      errorResponse('TooManyRequests', {
        headers: { 'retry-after': new Date(Date.now() + 2_000).toUTCString() },
      }),
  },
  {
    id: '4292',
    title: '429 TooManyRequests, Retry-After is invalid',
    creates: false,
    respond: () => errorResponse('TooManyRequests', { headers: { 'retry-after': 'soon' } }),
  },
];

/** Server errors: only 504 and its variants create the reply. */
export const failureScenarios: readonly Scenario[] = [
  { id: '500', title: '500 Error500', creates: false, respond: () => errorResponse('Error500') },
  { id: '502', title: '502 as HTML from a proxy', creates: false, respond: () => proxyPage(502) },
  { id: '503', title: '503 as HTML from a proxy', creates: false, respond: () => proxyPage(503) },
  {
    id: '504',
    title: '504 as HTML from a proxy, although the reply is created',
    creates: true,
    respond: () => proxyPage(504),
  },
  {
    id: '5041',
    title: 'like 504, and the reply can be read only after one second',
    creates: true,
    reading: { delayMs: 1_000 },
    respond: () => proxyPage(504),
  },
  {
    id: '5042',
    title: 'like 504, and parts cannot be read: 403 PermissionDeniedError',
    creates: true,
    reading: { error: 'PermissionDeniedError' },
    respond: () => proxyPage(504),
  },
  {
    id: '5043',
    title: 'like 504, and parts have no random_id',
    creates: true,
    reading: { withoutRandomId: true },
    respond: () => proxyPage(504),
  },
];
