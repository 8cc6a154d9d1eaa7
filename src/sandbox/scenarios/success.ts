/** Scenarios in which Dashly creates the reply and responds with it. */
import { envelope, type HttpResponse } from '../api/responses.ts';
import type { Scenario } from './scenario.ts';
import {
  composeRich,
  composeSparse,
  composeUndocumented,
  composeWithoutAssignee,
  composeWithoutAssignPart,
} from './unusual-parts.ts';

/** The documented response for a success. */
export function success(data: object): HttpResponse {
  return envelope({ status: 200 }, data);
}

export const successScenarios: readonly Scenario[] = [
  { id: '1', title: 'the documented response', creates: true, respond: success },
  {
    id: '2',
    title: 'ids are numbers even with id_as_string',
    creates: true,
    numericIds: true,
    respond: success,
  },
  {
    id: '3',
    title: 'undocumented values: type, sent_via, reply_type, direction, action, author',
    creates: true,
    compose: composeUndocumented,
    respond: success,
  },
  {
    id: '4',
    title: 'a sparse note: optional fields absent or null, times with fractions, edited and removed',
    creates: true,
    compose: composeSparse,
    respond: success,
  },
  {
    id: '5',
    title: 'auto_assign is ignored: no assign_part',
    creates: true,
    compose: composeWithoutAssignPart,
    respond: success,
  },
  {
    id: '6',
    title: 'slow: the documented response after 2 seconds',
    creates: true,
    respond: (part) => ({ ...success(part), delayMs: 2_000 }),
  },
  {
    id: '7',
    title: 'rich: additional files, numbers of many digits in meta_data',
    creates: true,
    compose: composeRich,
    respond: success,
  },
  {
    id: '8',
    title: 'auto_assign: assign_part from the default admin, who has no id, and without an assignee',
    creates: true,
    compose: composeWithoutAssignee,
    respond: success,
  },
  {
    id: '60',
    title: 'the documented response, after 60 earlier parts, one of an undocumented type',
    creates: true,
    earlierParts: 60,
    respond: success,
  },
  {
    id: '1789152',
    title: "the documented response: the conversation of Dashly's own examples, with admin 8164",
    creates: true,
    respond: success,
  },
];
