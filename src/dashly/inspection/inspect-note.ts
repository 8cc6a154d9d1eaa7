/** Inspects the part of a note field by field, as it is answered and as it is read back. */

import {
  adminTypes,
  type ConversationPart,
  expectedReplyTypes,
  partTypes,
  sentVias,
} from '../../conversation/part.ts';
import type { DashlyResponse } from '../connections/response.ts';
import { decodeReply } from '../decode-part.ts';
import { type Fields, readFields } from '../read-value.ts';
import { collectUndocumented } from './collect-undocumented.ts';
import {
  describeId,
  describeName,
  describeSame,
  describeSender,
  describeTime,
  describeType,
  nothing,
} from './describe-value.ts';
import type { Finding } from './finding.ts';
import { inspectEnvelope } from './inspect-envelope.ts';

export interface SentNote {
  readonly conversationId: string;
  readonly randomId: number;
  readonly body: string;
  /** In milliseconds since 1970. */
  readonly sentAt: number;
}

type Describe = (value: unknown, sent: SentNote) => string;

const namesIn = (values: readonly string[]): readonly string[] =>
  values.filter((value) => value !== 'UNKNOWN').map((value) => value.toLowerCase());
const typeNames = namesIn(partTypes);
const viaNames = namesIn(sentVias);
const replyTypeNames = namesIn(expectedReplyTypes);
const adminTypeNames = namesIn(adminTypes);

type Rule = readonly [name: string, Describe, expected: readonly string[]];

/** What is documented for a note that was just created. A field of a part without a rule does not compile. */
const rules: Record<Exclude<keyof ConversationPart, 'kind'>, Rule> = {
  id: ['id', describeId, ['an id in a string']],
  conversation: ['conversation', (value, sent) => describeSame(value, sent.conversationId), ['as sent']],
  partGroup: ['part_group', describeId, ['an id in a string', ...nothing]],
  createdAt: ['created', (value, sent) => describeTime(value, sent.sentAt), ['seconds since 1970']],
  editedAt: ['edited', describeType, nothing],
  removedAt: ['removed', describeType, nothing],
  type: ['type', (value) => describeName(value, typeNames), ['note']],
  direction: ['direction', (value) => describeName(value, ['a2u', 'u2a']), ['a2u', ...nothing]],
  sentVia: [
    'sent_via',
    (value) => describeName(value, viaNames),
    [...viaNames, 'an empty string', ...nothing],
  ],
  replyType: ['reply_type', (value) => describeName(value, replyTypeNames), [...replyTypeNames, ...nothing]],
  from: ['from', (value) => describeSender(value, adminTypeNames), ['an admin', 'a default admin']],
  body: ['body', (value, sent) => describeSame(value, sent.body), ['as sent']],
  bodyJson: ['body_json', describeType, ['an object']],
  metaData: ['meta_data', describeType, ['an object']],
  attachments: ['attachments', describeType, ['an empty list', ...nothing]],
  actions: ['actions', describeType, ['an empty list', ...nothing]],
  externalId: ['external_id', describeType, nothing],
  randomId: ['random_id', (value, sent) => describeSame(value, sent.randomId), ['as sent']],
  read: ['read', describeType, ['a boolean', ...nothing]],
  first: ['first', describeType, ['a boolean', ...nothing]],
  inboundEmail: ['inbound_email', describeId, ['an id in a string', ...nothing]],
};

/** The fields of the note. */
export function inspectPart(part: Fields, sent: SentNote): readonly Finding[] {
  return Object.values(rules).map(([name, describe, expected]) => ({
    name,
    found: describe(part[name], sent),
    expected,
  }));
}

/** The answer to the call that creates the note; null if none was received completely. */
export function inspectAnswer(response: DashlyResponse | null, sent: SentNote): readonly Finding[] {
  const { findings, data } = inspectEnvelope(response, { status: 200, error: null, data: ['an object'] });
  const part = readFields(data);
  if (!part) return findings;
  const { source } = collectUndocumented();
  return [
    ...findings,
    ...inspectPart(part, sent),
    { name: 'assign_part', found: describeType(part['assign_part']), expected: nothing },
    {
      name: 'for the gateway',
      found: decodeReply(part, source) ? 'readable' : 'unusable',
      expected: ['readable'],
    },
  ];
}
