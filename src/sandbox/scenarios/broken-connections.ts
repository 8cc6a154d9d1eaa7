/** Scenarios in which the connection breaks, or no response is sent. */
import type { Scenario } from './scenario.ts';
import { success } from './success.ts';

export const brokenConnectionScenarios: readonly Scenario[] = [
  {
    id: '2006',
    title: 'the reply is created, nothing follows the headers',
    creates: true,
    respond: () => ({ kind: 'headers-only' }),
  },
  {
    id: '2011',
    title: 'the reply is created, the response is sent twice on the same connection',
    creates: true,
    respond: (part) => ({ ...success(part), repeatMs: 5 }),
  },
  {
    id: '9001',
    title: 'closes the connection without a response: nothing is created',
    creates: false,
    respond: () => ({ kind: 'closed' }),
  },
  {
    id: '9002',
    title: 'closes the connection after the headers, before the body is read: nothing is created',
    creates: false,
    skipsBody: true,
    respond: () => ({ kind: 'closed' }),
  },
  {
    id: '9003',
    title: 'never responds: nothing is created',
    creates: false,
    respond: () => ({ kind: 'none' }),
  },
  {
    id: '9004',
    title: 'responds with bytes that are not HTTP: nothing is created',
    creates: false,
    respond: () => ({ kind: 'not-http' }),
  },
  {
    id: '9005',
    title: 'resets the connection: nothing is created',
    creates: false,
    respond: () => ({ kind: 'reset' }),
  },
];
