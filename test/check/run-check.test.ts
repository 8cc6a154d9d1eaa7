/** What a check finds at the sandbox, and at stand-ins that differ from the documentation. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { printReport } from '../../src/check/print-report.ts';
import { runCheck } from '../../src/check/run-check.ts';
import { differs, type Section } from '../../src/dashly/inspection/finding.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { findSecrets } from '../support/find-secrets.ts';
import {
  type Call,
  type Change,
  conversationId,
  type Envelope,
  type Fields,
  type StandIn,
  standInToken,
  startStandIn,
} from './start-stand-in.ts';

const quick = { readTimes: [0, 0.01], lookUpTime: 1 };

function check(standIn: StandIn, timing = quick): Promise<readonly Section[]> {
  return runCheck({ apiUrl: standIn.url, proxy: null, token: standInToken, conversationId, timing });
}

/** Each fact as "title: name". */
function namesIn(sections: readonly Section[], isListed = (_differs: boolean) => true): string[] {
  return sections.flatMap(({ title, findings }) =>
    findings.filter((finding) => isListed(differs(finding))).map(({ name }) => `${title}: ${name}`),
  );
}

const differencesIn = (sections: readonly Section[]) => namesIn(sections, (it) => it);

test('the sandbox answers as documented, and gets one note', async () => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const options = { apiUrl: new URL(sandbox.url), proxy: null, token: 'sandbox', conversationId: '1' };
  expect(differencesIn(await runCheck(options))).toEqual([]);
  expect(sandbox.received).toHaveLength(1);
  const fields = new Map(sandbox.received[0]?.fields.map((field) => [...field] as [string, string]));
  expect(fields.get('type')).toBe('note');
  expect(fields.get('from_admin')).toBe('default_admin');
});

const titles = {
  answer: 'The answer to the note',
  readBack: 'The note, read back',
  page: 'The newest parts of the conversation',
  wrongId: 'Reading a conversation that does not exist',
  wrongToken: 'Reading with a wrong token',
};

type Case = readonly [fact: string, changes: Partial<Record<Call, Change>>];

/** Changes the envelope, but not the HTTP status. */
const withEnvelope =
  (change: (envelope: Envelope) => object): Change =>
  (status, envelope) => ({ status, body: change(envelope) });
const withMeta = (changes: Fields) =>
  withEnvelope(({ data, meta }) => ({ data, meta: { ...meta, ...changes } }));
const withPart = (changes: Fields) =>
  withEnvelope(({ data, meta }) => ({ data: { ...(data as Fields), ...changes }, meta }));
const withParts = (change: (note: Fields, older: Fields) => readonly Fields[]) =>
  withEnvelope(({ data, meta }) => {
    const [note, older] = data as [Fields, Fields];
    return { data: change(note, older), meta };
  });

const envelopeCases = (['answer', 'page', 'wrongId', 'wrongToken'] as const).flatMap((call): Case[] =>
  (
    [
      ['response', () => null],
      ['HTTP status', (_status, body) => ({ status: 418, body })],
      ['envelope', (status) => ({ status, body: '<html>' })],
      ['envelope', withEnvelope(({ data }) => ({ data }))],
      ['meta.status', withMeta({ status: 'fine' })],
      ['meta.error', withMeta({ error: 'Teapot' })],
      ['data', withEnvelope(({ meta }) => ({ data: 'x', meta }))],
    ] as [string, Change][]
  ).map(([name, change]) => [`${titles[call]}: ${name}`, { [call]: change }]),
);

const fieldCases = (
  [
    ['id', 5],
    ['conversation', 5],
    ['conversation', '5'],
    ['part_group', 5],
    ['created', '2026-11-29T12:00:00Z'],
    ['created', Date.now()],
    ['created', 1685352440],
    ['edited', 1685352440],
    ['removed', 1685352440],
    ['type', 'reply_admin'],
    ['direction', 'u2u'],
    ['sent_via', 'smart_mirror'],
    ['reply_type', 'gesture'],
    ['from', 5],
    ['from', { id: 5, name: 'Test', avatar: null, type: 'admin' }],
    ['from', { id: '5', name: 'Test', avatar: null, type: 'oracle' }],
    ['body', 'other words'],
    ['body_json', null],
    ['meta_data', []],
    ['attachments', 'x'],
    ['actions', 'x'],
    ['external_id', 'x'],
    ['random_id', 6],
    ['random_id', undefined],
    ['read', 1685352440],
    ['first', 'true'],
    ['inbound_email', 5],
  ] as [string, unknown][]
).flatMap(([name, value]): Case[] => [
  [`${titles.answer}: ${name}`, { answer: withPart({ [name]: value }) }],
  [`${titles.readBack}: ${name}`, { page: withParts((note, older) => [{ ...note, [name]: value }, older]) }],
]);

const withOlder = (changes: Fields) => withParts((note, older) => [note, { ...older, ...changes }]);

const cases: readonly Case[] = [
  ...envelopeCases,
  ...fieldCases,
  [`${titles.answer}: assign_part`, { answer: withPart({ assign_part: {} }) }],
  [`${titles.answer}: for the gateway`, { answer: withPart({ attachments: [{}] }) }],
  [`${titles.readBack}: the note`, { page: withParts((_note, older) => [older]) }],
  [`${titles.readBack}: the note`, { page: withParts((note, older) => [note, note, older]) }],
  [`${titles.page}: parts`, { page: withOlder({ attachments: [{}] }) }],
  [`${titles.page}: ids`, { page: withOlder({ id: 5 }) }],
  [`${titles.page}: unknown values`, { page: withOlder({ sent_via: 'smart_mirror' }) }],
  [`${titles.page}: other shapes`, { page: withOlder({ edited: 'yesterday' }) }],
  [`${titles.page}: order`, { page: withParts((note, older) => [older, note]) }],
  [`${titles.page}: meta.next_before_position`, { page: withMeta({ next_before_position: '5' }) }],
  [`${titles.page}: meta.next_after_position`, { page: withMeta({ next_after_position: [5] }) }],
];

describe('a stand-in', () => {
  test('that answers as documented', async () => {
    const standIn = await startStandIn();
    const sections = await check(standIn);
    expect(differencesIn(sections)).toEqual([]);
    expect(standIn.calls).toEqual(['answer', 'page', 'wrongId', 'wrongToken']);
    const late = `${titles.readBack}: can be read`;
    expect([...new Set([...cases.map(([fact]) => fact), late])].sort()).toEqual(namesIn(sections).sort());
  });

  test.each(cases)('%s differs', async (fact, changes) => {
    const standIn = await startStandIn(changes);
    expect(differencesIn(await check(standIn))).toContain(fact);
    expect(standIn.calls.filter((call) => call === 'answer')).toHaveLength(1);
  });

  test('whose note can be read late', async () => {
    let reads = 0;
    const page = withParts((note, older) => (reads++ === 0 ? [older] : [note, older]));
    const sections = await check(await startStandIn({ page }), { readTimes: [0, 0.01], lookUpTime: 0 });
    expect(differencesIn(sections)).toEqual([`${titles.readBack}: can be read`]);
  });

  test('that refuses the note is read once', async () => {
    const refused = { data: {}, meta: { status: 403, error: 'PermissionDeniedError' } };
    const standIn = await startStandIn({
      answer: () => ({ status: 403, body: refused }),
      page: withParts((_note, older) => [older]),
    });
    expect(differencesIn(await check(standIn))).toContain(`${titles.readBack}: the note`);
    expect(standIn.calls).toEqual(['answer', 'page', 'wrongId', 'wrongToken']);
  });

  test('that lost its answer still shows the note', async () => {
    const standIn = await startStandIn({ answer: () => null });
    expect(differencesIn(await check(standIn))).toEqual([`${titles.answer}: response`]);
  });
});

describe('a stand-in that echoes the token and the words of the customer', () => {
  const words = 'I lost my password, it was correct-horse-battery';
  const secrets = { token: standInToken, words };
  const both = `${standInToken} ${words}`;
  const echo = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(echo);
    if (typeof value !== 'object' || value === null) return both;
    return Object.fromEntries([
      ...Object.entries(value).map(([name, nested]) => [name, echo(nested)]),
      [both, both],
    ]);
  };
  const headers = { date: both, 'content-type': both, 'retry-after': both, 'x-echo': both };
  const nameLike = both.replace(/\W/g, '_');

  test.each<[what: string, change: Change]>([
    ['in every value and name', (status, body) => ({ status, body: echo(body), headers })],
    [
      'in every value of the data',
      (status, { data, meta }) => ({ status, body: { data: echo(data), meta }, headers }),
    ],
    ['in meta', (status, { data, meta }) => ({ status, body: { data, meta: echo(meta) }, headers })],
    ['as an exception', withMeta({ status: 400, error: nameLike, error_fields: both })],
    ['as an exception of its own', withMeta({ error: standInToken, error_message: both })],
    ['as text', (status) => ({ status, body: both, headers })],
    ['as a string', (status) => ({ status, body: JSON.stringify(both), headers })],
    ['as positions', withMeta({ next_before_position: [both], next_after_position: both })],
  ])('%s shows none of it', async (_what, change) => {
    const standIn = await startStandIn({
      answer: change,
      page: change,
      wrongId: change,
      wrongToken: change,
    });
    const { text, differences } = printReport('heading', await check(standIn));
    expect(differences).toBeGreaterThan(1);
    expect(findSecrets(text, secrets)).toEqual([]);
    expect(text).not.toMatch(/correct|horse|owner/);
  });
});
