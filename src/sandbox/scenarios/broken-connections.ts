/** Scenarios in which the connection breaks, or no response comes. */
import type { Scenario } from './scenario.ts';

export const brokenConnectionScenarios: readonly Scenario[] = [
  {
    id: '2006',
    title: 'the reply is created, status and headers come, then nothing',
    creates: true,
    respond: () => ({ kind: 'headers-only' }),
  },
  {
    id: '9001',
    title: 'hangs up without an answer: nothing is created',
    creates: false,
    respond: () => ({ kind: 'closed' }),
  },
  {
    id: '9002',
    title: 'hangs up on the headers, before the body is read: nothing is created',
    creates: false,
    skipsBody: true,
    respond: () => ({ kind: 'closed' }),
  },
  {
    id: '9003',
    title: 'never answers: nothing is created',
    creates: false,
    respond: () => ({ kind: 'none' }),
  },
  {
    id: '9004',
    title: 'answers with bytes that are no HTTP: nothing is created',
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
