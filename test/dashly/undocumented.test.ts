/** What of an answer is reported as undocumented. */

import { describe, expect, test } from 'vitest';
import { fieldsWithKnownShape, fieldsWithKnownValues } from '../../src/conversation/undocumented.ts';
import { decodeParts, decodeReply } from '../../src/dashly/decode-part.ts';
import { decodeResponse } from '../../src/dashly/decode-response.ts';
import {
  collectUndocumented,
  type UndocumentedFields,
} from '../../src/dashly/inspection/collect-undocumented.ts';
import { decodePage } from '../../src/dashly/read-page.ts';
import { documentedAnswer } from '../support/upstream/start-upstream.ts';

const reported = new Set<string>();

/** What was reported. */
function listReports({ values, shapes }: UndocumentedFields): readonly string[] {
  const reports = [
    ...[...values].map((field) => `value ${field}`),
    ...[...shapes].map((field) => `shape ${field}`),
  ];
  for (const report of reports) reported.add(report);
  return reports.sort();
}

/** What is reported of a reply with these changes. */
function reportOf(changes: object, isUsable = true): readonly string[] {
  const fields = collectUndocumented();
  const reply = decodeReply({ ...documentedAnswer.data, ...changes }, fields.source);
  expect(reply !== null).toBe(isUsable);
  return listReports(fields);
}

const admin = { id: '1', name: 'Ann', avatar: null, type: 'admin' };
const assigned = documentedAnswer.data['assign_part'] as object;

test('reports nothing for the documented answer', () => {
  expect(reportOf({})).toEqual([]);
  expect(reportOf({ from: admin, attachments: null, sent_via: '', reply_type: null })).toEqual([]);
  expect(reportOf({ from: { name: 'Site', avatar: null, type: 'default_admin' } })).toEqual([]);
  expect(reportOf({ random_id: 5, read: true, first: false, inbound_email: '8' })).toEqual([]);
  expect(
    reportOf({ assign_part: { ...assigned, assignee: { name: 'Site', type: 'default_admin' } } }),
  ).toEqual([]);
});

describe('an unknown value', () => {
  test.each<[changes: object, field: string]>([
    [{ type: 'reply_hologram' }, 'type'],
    [{ type: 'unknown' }, 'type'],
    [{ direction: 'u2u' }, 'direction'],
    [{ sent_via: 'smart_mirror' }, 'sentVia'],
    [{ reply_type: 'gesture' }, 'replyType'],
    [{ from: { ...admin, type: 'oracle' } }, 'adminType'],
    [{ from: { ...admin, type: undefined } }, 'adminType'],
    [{ from: { name: 'Someone', type: 'robot' } }, 'from'],
    [{ actions: [{ type: 'date_picker' }] }, 'actions'],
    [{ assign_part: { ...assigned, type: 'handed_over' } }, 'type'],
  ])('of %j is reported', (changes, field) => {
    expect(reportOf(changes)).toEqual([`value ${field}`]);
  });
});

describe('another shape of a nullable field', () => {
  test.each<[changes: object, field: string]>([
    [{ part_group: {} }, 'partGroup'],
    [{ direction: 1 }, 'direction'],
    [{ sent_via: ['api'] }, 'sentVia'],
    [{ reply_type: true }, 'replyType'],
    [{ from: [] }, 'from'],
    [{ from: { ...admin, name: 5 } }, 'adminName'],
    [{ from: { ...admin, avatar: {} } }, 'adminAvatar'],
    [{ actions: [{ type: 'quick_reply', body: 5 }] }, 'actions'],
    [{ actions: [5] }, 'actions'],
    [{ external_id: {} }, 'externalId'],
    [{ random_id: 1.5 }, 'randomId'],
    [{ edited: 'yesterday' }, 'editedAt'],
    [{ removed: {} }, 'removedAt'],
    [{ read: 1685352440 }, 'read'],
    [{ first: 'true' }, 'first'],
    [{ inbound_email: { id: '5' } }, 'inboundEmail'],
    [{ assign_part: { ...assigned, assignee: '5' } }, 'assignee'],
    [{ assign_part: { ...assigned, assignee: { name: 'Bot', type: 'bot' } } }, 'assignee'],
  ])('of %j is reported', (changes, field) => {
    expect(reportOf(changes)).toEqual([`shape ${field}`]);
  });

  test('of the type of an admin is reported beside its unknown value', () => {
    expect(reportOf({ from: { ...admin, type: 5 } })).toEqual(['shape adminType', 'value adminType']);
  });
});

describe('another shape of a required field', () => {
  test.each<[changes: object, field: string]>([
    [{ id: null }, 'id'],
    [{ conversation: {} }, 'conversation'],
    [{ type: 5 }, 'type'],
    [{ created: 'yesterday' }, 'createdAt'],
    [{ body: 5 }, 'body'],
    [{ body_json: 'x' }, 'bodyJson'],
    [{ meta_data: [] }, 'metaData'],
    [{ actions: {} }, 'actions'],
    [{ attachments: [{ id: '1' }] }, 'attachments'],
    [{ assign_part: 'x' }, 'assignPart'],
  ])('of %j is reported, though the answer is unusable', (changes, field) => {
    expect(reportOf(changes, false)).toEqual([`shape ${field}`]);
  });

  test('is reported of a page and its positions', () => {
    const fields = collectUndocumented();
    const { source } = fields;
    expect(decodeParts({}, source)).toBeNull();
    const meta = { next_before_position: 'x', next_after_position: null };
    decodePage({ data: [{ ...documentedAnswer.data, type: 'new' }], meta }, null, source);
    expect(listReports(fields)).toEqual(['shape data', 'shape nextPosition', 'value type']);
  });
});

describe('an envelope', () => {
  const sent = { token: 'secret' };

  test.each<[what: string, status: number, body: unknown, expected: string[]]>([
    ['success', 200, { data: {}, meta: { status: 200 } }, []],
    ['documented exception', 400, { meta: { status: 400, error: 'LookupError' } }, []],
    ['exception in a 200', 200, { meta: { status: 400, error: 'LookupError' } }, []],
    ['unknown exception', 418, { meta: { status: 418, error: 'Teapot' } }, ['value exception']],
    ['unknown exception in a 200', 200, { meta: { status: 418, error: 'Teapot' } }, ['value exception']],
    ['exception without a name', 400, { meta: { status: 400 } }, ['shape exception']],
    ['exception of another type', 400, { meta: { status: 400, error: {} } }, ['shape exception']],
    ['page of a proxy', 502, '<html>', []],
    ['page instead of a success', 200, '<html>', ['shape envelope']],
    ['success without meta', 200, { data: {} }, ['shape envelope']],
    ['failure without meta', 500, { error: 'x' }, ['shape envelope']],
    ['other status', 201, { data: {}, meta: { status: 201 } }, ['shape envelope']],
    ['success with an exception', 200, { meta: { status: 200, error: 'Teapot' } }, ['shape envelope']],
    ['failure with a success status', 400, { meta: { status: 200 } }, ['shape envelope']],
  ])('%s (%i %j): %j', (_what, status, body, expected) => {
    const fields = collectUndocumented();
    const { source } = fields;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    decodeResponse(
      { status, text, date: null, retryAfterSeconds: null, hasKnownEnd: true },
      { ...sent, source },
    );
    expect(listReports(fields)).toEqual(expected);
  });
});

test('every field is reported in one of these tests', () => {
  const all = [
    ...fieldsWithKnownValues.map((field) => `value ${field}`),
    ...fieldsWithKnownShape.map((field) => `shape ${field}`),
  ];
  expect([...reported].sort()).toEqual(all.sort());
});
