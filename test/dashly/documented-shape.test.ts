/**
 * Random answers to a reply, held against a schema of the documented shape. The decoder reads by hand, and must agree with it: it reads every
 * documented answer completely, and loses of any other answer no more than the tables of this file state.
 */

import { expect, test } from 'vitest';
import type { FieldWithKnownShape } from '../../src/conversation/undocumented.ts';
import { decodeReply } from '../../src/dashly/decode-part.ts';
import { collectUndocumented } from '../../src/dashly/inspection/collect-undocumented.ts';
import { seededRandom } from '../support/random-selection.ts';
import { documentedAnswer } from '../support/upstream/start-upstream.ts';
import { documentedData } from './documented-shape.ts';
import { absent, type Damage, type Data, damageRandomly, randomData } from './random-answer.ts';

/** Without these fields the answer is unusable; by the path in a part, what is reported. */
const needed: Readonly<Record<string, FieldWithKnownShape>> = {
  id: 'id',
  conversation: 'conversation',
  created: 'createdAt',
  type: 'type',
  body: 'body',
  body_json: 'bodyJson',
  meta_data: 'metaData',
  actions: 'actions',
  attachments: 'attachments',
  'attachments.*': 'attachments',
  'attachments.*.id': 'attachments',
  'attachments.*.filename': 'attachments',
  'attachments.*.mime_type': 'attachments',
  'attachments.*.size': 'attachments',
  'attachments.*.url': 'attachments',
  'attachments.*.created': 'attachments',
};

/** Of these only the field is lost. */
const nullable: Readonly<Record<string, FieldWithKnownShape>> = {
  part_group: 'partGroup',
  edited: 'editedAt',
  removed: 'removedAt',
  direction: 'direction',
  sent_via: 'sentVia',
  reply_type: 'replyType',
  external_id: 'externalId',
  random_id: 'randomId',
  read: 'read',
  first: 'first',
  inbound_email: 'inboundEmail',
  'actions.*': 'actions',
  'actions.*.type': 'actions',
  'actions.*.body': 'actions',
  'actions.*.meta_data': 'actions',
  from: 'from',
  'from.id': 'from',
  'from.name': 'adminName',
  'from.avatar': 'adminAvatar',
  'from.type': 'adminType',
  assignee: 'assignee',
  'assignee.id': 'assignee',
  'assignee.name': 'adminName',
  'assignee.avatar': 'adminAvatar',
  'assignee.type': 'adminType',
};

/** What the decoder accepts without a report, although it is not documented. */
function isTolerated(place: string, value: unknown): boolean {
  // An id may be any text: it is only compared and passed on.
  if (/^(?:id|conversation|part_group|inbound_email|from|.*\.id)$/.test(place)) {
    return typeof value === 'string' && value !== '';
  }
  if (place === 'body' || place.endsWith('.name')) return value === absent || value === null;
  if (place === 'direction' || place === 'reply_type') return value === '';
  if (place === 'external_id') return value === 5;
  if (place === 'random_id') return value === '5';
  return place === 'attachments.*.type';
}

/** An unknown name and a list of unknown actions do not make a needed field unusable. */
function isUnusable(place: string, value: unknown): boolean {
  if (place === 'type') return typeof value !== 'string';
  if (place === 'actions') return !Array.isArray(value);
  return place in needed;
}

function decode(data: Data) {
  const { source, values, shapes } = collectUndocumented();
  const reply = decodeReply(data, source);
  return { reply, reported: [...new Set([...values, ...shapes])] };
}

function expectComplete(data: Data): void {
  const reply = documentedData.parse(data);
  expect(decode(data), JSON.stringify(data)).toEqual({ reply, reported: [] });
}

/** `reply` is what the answer would be without the damage. */
function expectOnlyFieldLost({ data, owner, place, value }: Damage, reply: object): void {
  const { reply: decoded, reported } = decode(data);
  const title = `${place} of ${owner} is ${JSON.stringify(value)} in ${JSON.stringify(data)}`;
  const name = needed[place] ?? nullable[place];
  const isAccepted = isTolerated(place, value);
  expect(reported, title).toEqual(isAccepted ? [] : [name]);
  if (!isAccepted && isUnusable(place, value)) {
    expect(decoded, title).toBeNull();
    return;
  }
  expect(decoded, title).not.toBeNull();
  const isNested = place.includes('.');
  // `actions`, `attachments`, `from` and `assignee` have the same name in both APIs.
  const field = isNested ? place.replace(/\..*/, '') : String(name);
  const [actual, expected] = [decoded as unknown as Data, reply as Data];
  const left = (actual[owner] as Data)[field];
  expect(actual, title).toEqual({ ...expected, [owner]: { ...(expected[owner] as Data), [field]: left } });
  // What is left of objects and lists is in decode-part.test.ts.
  if (!isAccepted && !isNested && !['from', 'actions'].includes(place)) {
    expect([null, 'UNKNOWN'], title).toContain(left);
  }
}

test('the example of the documentation has the documented shape', () => {
  expectComplete(documentedAnswer.data);
});

test('a documented answer is read completely, and nothing of it is reported', () => {
  const random = seededRandom(1);
  const answers = Array.from({ length: 1_000 }, () => randomData(random));
  for (const data of answers) expectComplete(data);
  const names = new Set(answers.flatMap((data) => Object.keys(data)));
  expect([...names]).toEqual(expect.arrayContaining(Object.keys(documentedData.in.shape)));
});

test('of an undocumented answer only the damaged field is lost and reported, or it is unusable', () => {
  const random = seededRandom(2);
  const damaged = new Set<string>();
  for (let run = 0; run < 5_000; run++) {
    const intact = randomData(random);
    const damage = damageRandomly(random, intact);
    if (documentedData.safeParse(damage.data).success) expectComplete(damage.data);
    else {
      damaged.add(damage.place);
      expectOnlyFieldLost(damage, documentedData.parse(intact));
    }
  }
  const places = [...Object.keys(needed), ...Object.keys(nullable), 'attachments.*.type'];
  expect([...damaged].sort()).toEqual(places.sort());
});
