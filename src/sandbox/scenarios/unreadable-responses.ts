/** Scenarios in which the response cannot be read as what it should be. */
import { errorResponse, proxyPage } from '../api/responses.ts';
import type { Scenario } from './scenario.ts';
import { success } from './success.ts';

export const unreadableScenarios: readonly Scenario[] = [
  {
    id: '2001',
    title: 'HTTP 200, but meta has 400 LookupError: nothing is created',
    creates: false,
    respond: () => ({ ...errorResponse('LookupError'), status: 200 }),
  },
  {
    id: '2002',
    title: 'HTTP 200, but meta has 500 Error500: nothing is created',
    creates: false,
    respond: () => ({ ...errorResponse('Error500'), status: 200 }),
  },
  {
    id: '2003',
    title: 'the reply is created, the response is not JSON',
    creates: true,
    respond: (part) => ({ ...success(part), body: 'Reply created, have a nice day!' }),
  },
  {
    id: '2004',
    title: 'the reply is created, the response has another shape',
    creates: true,
    respond: (part) => success({ reply: { uuid: part.id, text: part.body } }),
  },
  {
    id: '2005',
    title: 'the reply is created, the response is truncated',
    creates: true,
    respond: (part) => ({ kind: 'truncated', body: success(part).body }),
  },
  {
    id: '2007',
    title: 'HTTP 500, but meta has 400 ValidationError: nothing is created',
    creates: false,
    respond: () => ({ ...errorResponse('ValidationError'), status: 500 }),
  },
  {
    id: '2008',
    title: 'the reply is created, the response is null',
    creates: true,
    respond: (part) => ({ ...success(part), body: 'null' }),
  },
  {
    id: '2009',
    title: 'the reply is created, the response is 32 MiB long, almost only spaces',
    creates: true,
    respond: (part) => {
      const response = success(part);
      return { ...response, body: ' '.repeat(32 * 1024 * 1024) + response.body };
    },
  },
  {
    id: '2010',
    title: 'the reply is created, the response has another random_id than the reply',
    creates: true,
    respond: (part) =>
      success(part.random_id === undefined ? part : { ...part, random_id: part.random_id === 1 ? 2 : 1 }),
  },
  {
    id: '204',
    title: 'the reply is created, the response is 204 without a body',
    creates: true,
    respond: () => ({ kind: 'http', status: 204, headers: {}, body: '' }),
  },
  {
    id: '302',
    title: '302 to conversation 1, as HTML: nothing is created',
    creates: false,
    respond: ({ url }) => proxyPage(302, { location: `${url}/conversations/1/reply` }),
  },
];
