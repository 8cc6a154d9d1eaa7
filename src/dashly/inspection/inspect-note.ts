/** Inspects the part of a note field by field, as it is answered and as it is read back. */

import { adminTypes, expectedReplyTypes, partTypes, sentVias } from '../../conversation/part.ts';
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

/** What is documented for a note that was just created. */
const rules: readonly (readonly [field: string, Describe, expected: readonly string[]])[] = [
  ['id', describeId, ['an id in a string']],
  ['conversation', (value, sent) => describeSame(value, sent.conversationId), ['as sent']],
  ['part_group', describeId, ['an id in a string', ...nothing]],
  ['created', (value, sent) => describeTime(value, sent.sentAt), ['seconds since 1970']],
  ['edited', describeType, nothing],
  ['removed', describeType, nothing],
  ['type', (value) => describeName(value, typeNames), ['note']],
  ['direction', (value) => describeName(value, ['a2u', 'u2a']), ['a2u', ...nothing]],
  ['sent_via', (value) => describeName(value, viaNames), [...viaNames, 'an empty string', ...nothing]],
  ['reply_type', (value) => describeName(value, replyTypeNames), [...replyTypeNames, ...nothing]],
  ['from', (value) => describeSender(value, adminTypeNames), ['an admin', 'a default admin']],
  ['body', (value, sent) => describeSame(value, sent.body), ['as sent']],
  ['body_json', describeType, ['an object']],
  ['meta_data', describeType, ['an object']],
  ['attachments', describeType, ['an empty list', ...nothing]],
  ['actions', describeType, ['an empty list', ...nothing]],
  ['external_id', describeType, nothing],
  ['random_id', (value, sent) => describeSame(value, sent.randomId), ['as sent']],
  ['read', describeType, ['a boolean', ...nothing]],
  ['first', describeType, ['a boolean', ...nothing]],
  ['inbound_email', describeId, ['an id in a string', ...nothing]],
];

/** The fields of the note. */
export function inspectPart(part: Fields, sent: SentNote): readonly Finding[] {
  return rules.map(([field, describe, expected]) => ({
    name: field,
    found: describe(part[field], sent),
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
