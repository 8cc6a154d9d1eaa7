/** A cached document, which is compiled and executed without Yoga, has the same result as a new one. */

import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { AssignPart, ConversationPart } from '../../../src/conversation/part.ts';
import type { ReplyOutcome } from '../../../src/conversation/reply-outcome.ts';
import type { ReplyCommand } from '../../../src/conversation/sending/reply-command.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { ask, askJson, type HttpAnswer } from '../../support/gateway/ask.ts';
import { sendForm } from '../../support/gateway/raw-client.ts';
import { startEndpoint } from '../../support/gateway/start-endpoint.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { file, form, map, replyOperations, upload } from '../../support/multipart-body.ts';
import { randomSelection, seededRandom } from '../../support/random-selection.ts';
import { answerJson, startUpstream } from '../../support/upstream/start-upstream.ts';
import {
  answerInConversation,
  answers,
  byInput,
  failure,
  type Params,
  type Row,
  selectionRows,
  sharedFragment,
  table,
} from './fast-path-requests.ts';

async function startScriptedGateway() {
  const upstream = await startUpstream((response, request) => {
    const id = request.path.split('/')[2] ?? '';
    const { json, status, headers } = answers[id] ?? { json: answerInConversation(id) };
    answerJson(json, status, headers)(response, request);
  });
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url });
  const seen = async (answer: Promise<HttpAnswer>) => {
    const before = upstream.requests.length;
    const { status, headers, text } = await answer;
    const sent = upstream.requests
      .slice(before)
      // The random ids differ in each call.
      .map(({ path, fields }) => [
        path,
        ...fields.map(([name, value]) =>
          /^(?:auto_assign_)?random_id$/.test(name) ? name : `${name}=${value}`,
        ),
      ]);
    return { status, type: headers['content-type'], text, sent };
  };
  return { url: gateway.url, errors: gateway.errors, seen };
}

/** The same document with a comment at its end, which makes it a new one. */
const unseen = ({ query, ...others }: Params, mark: number): Params => ({
  ...others,
  query: `${query}\n# ${mark}`,
});

const unusedFile = map({ 0: ['variables.input.body'] });

describe('a cached document', () => {
  test.each<Row>([...table, ...selectionRows])(
    'has the same response as a new one: %s',
    async (_name, params, variables = [params.variables ?? {}]) => {
      const { url, seen } = await startScriptedGateway();
      await askJson(url, { query: '{ __typename }' });
      for (const [index, given] of variables.entries()) {
        const full = { ...params, variables: given };
        const reference = await seen(askJson(url, unseen(full, index)));
        for (const _time of [1, 2, 3]) expect(await seen(askJson(url, full))).toEqual(reference);
      }
    },
  );

  test('keeps long ids and numbers in variables', async () => {
    const { url, seen } = await startScriptedGateway();
    const body = JSON.stringify({ query: byInput(), variables: { input: 0 } }).replace(
      '"input":0',
      '"input": {"conversationId": 1, "from": {"adminId": 18446744073709551615}, "bodyJson": {"n": 12345678901234567890, "l": [0.1234567890123456789]}}',
    );
    const reference = await seen(askJson(url, body.replace(byInput(), `${byInput()} # new`)));
    expect(reference.sent[0]).toContain('from_admin=18446744073709551615');
    expect(reference.sent[0]).toContain('body_json={"n":12345678901234567890,"l":[0.1234567890123456789]}');
    for (const _time of [1, 2, 3]) expect(await seen(askJson(url, body))).toEqual(reference);
  });

  test.each(['Some', 'All', 'Renamed'])(
    'has operations that share a fragment and are independent, %s first',
    async (first) => {
      const { url, seen } = await startScriptedGateway();
      const asked = (operationName: string, on: boolean): Params => ({
        query: sharedFragment,
        operationName,
        variables: { on },
      });
      await askJson(url, asked(first, false));
      for (const name of [first, 'Some', 'All', 'Renamed']) {
        for (const on of [false, true]) {
          const reference = await seen(askJson(url, unseen(asked(name, on), 1)));
          expect(await seen(askJson(url, asked(name, on))), `${name}, ${on}`).toEqual(reference);
        }
      }
    },
  );

  test('can be sent by GET, too', async () => {
    const { url, seen } = await startScriptedGateway();
    const query = 'query ($a: Boolean!) { replyLimits @include(if: $a) { attachmentMaxBytes } __typename }';
    const search = new URLSearchParams({ query, variables: '{"a":true}' });
    const reference = await seen(askJson(url, unseen({ query, variables: { a: true } }, 1)));
    for (const _time of [1, 2, 3]) {
      expect(await seen(ask(`${url}?${search}`))).toEqual(reference);
      expect(await seen(askJson(url, { query, variables: { a: true } }))).toEqual(reference);
    }
  });

  test.each<[name: string, params: unknown]>([
    ['an unknown parameter', { query: '{ __typename }', nope: 1 }],
    ['variables that are a list', { query: '{ __typename }', variables: [] }],
    ['variables that are a string', { query: '{ __typename }', variables: '{}' }],
    ['an operation name that is a number', { query: '{ __typename }', operationName: 5 }],
    ['extensions that are a list', { query: '{ __typename }', extensions: [] }],
    ['a batch', [{ query: '{ __typename }' }]],
    ['a query that is a list', { query: ['{ __typename }'] }],
    ['a prototype', '{"query": "{ __typename }", "__proto__": {"a": 1}}'],
    ['a query twice', '{"query": "{ nope }", "query": "{ __typename }"}'],
  ])('does not make the gateway accept %s', async (_name, params) => {
    const { url, seen } = await startScriptedGateway();
    const first = await seen(askJson(url, params));
    for (const _time of [1, 2]) await askJson(url, { query: '{ __typename }' });
    for (const _time of [1, 2]) expect(await seen(askJson(url, params))).toEqual(first);
  });

  const one = 'query One { __typename }';
  test.each<[name: string, query: string, data: unknown]>([
    ['of one operation', one, { __typename: 'Query' }],
    ['of one operation without a name', '{ __typename }', { __typename: 'Query' }],
    ['of two operations', `${one} query Two { __typename }`, undefined],
  ])('may have an empty operationName, which counts as none: %s', async (_name, query, data) => {
    const { url } = await startGateway();
    const accept = 'application/graphql-response+json';
    const get = (params: Record<string, string>) =>
      ask(`${url}?${new URLSearchParams(params)}`, { headers: { accept } });
    for (const _time of [1, 2, 3]) {
      const left = await askJson(url, { query }, { accept });
      expect(JSON.parse(left.text).data).toEqual(data);
      for (const answer of [
        await askJson(url, { query, operationName: '' }, { accept }),
        await get({ query, operationName: '' }),
        await get({ query }),
      ]) {
        expect([answer.status, answer.text]).toEqual([left.status, left.text]);
      }
    }
  });

  test.each<[name: string, body: () => Buffer, status: number]>([
    ['a file', () => upload('bytes'), 200],
    ['a file that no variable uses', () => form(replyOperations({ body: null }), unusedFile, file()), 400],
    ['an error in the variables', () => form(replyOperations({ type: 'NOPE' }), map(), file()), 400],
  ])('has the same response in an upload: %s', async (_name, body, status) => {
    const accept = 'application/graphql-response+json';
    const [isNew, isKnown] = [await startGateway(), await startGateway()];
    for (const _time of [1, 2]) await sendForm(isKnown.origin, upload('bytes'));
    const answers = [];
    for (const { origin } of [isNew, isKnown]) {
      const answer = await sendForm(origin, body(), { accept });
      answers.push([answer.status, answer.body.errors, Object.keys(answer.body.data ?? {})]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]?.[0]).toBe(status);
  });

  test('does not use Yoga again, with any variables', async () => {
    const outcome: ReplyOutcome = { kind: 'replyTargetNotFound', message: 'No.', delivery: 'NOT_DELIVERED' };
    const endpoint = await startEndpoint(async () => outcome);
    for (const conversationId of ['1', '2', '3']) {
      await askJson(endpoint.url, { query: byInput(failure), variables: { input: { conversationId } } });
    }
    expect(endpoint.yogaCalls()).toBe(1);
  });
});

describe('random selections', () => {
  const part: ConversationPart = {
    kind: 'conversationPart',
    id: '1',
    conversation: { id: '2' },
    partGroup: null,
    type: 'NOTE',
    direction: 'ADMIN_TO_USER',
    sentVia: null,
    from: { kind: 'admin', id: '3', name: 'Ann', avatar: null, type: 'ADMIN' },
    body: 'Grüße "quoted" \u2028 \\ 🎉',
    bodyJson: { a: [1, { b: null }], __typename: 'x', n: JSON.rawJSON('12345678901234567890') },
    metaData: {},
    replyType: 'NO',
    actions: [
      { kind: 'quickReply', body: 'Yes', metaData: { z: 1, a: 2 } },
      { kind: 'otherAction', type: 'new', data: { type: 'new' } },
    ],
    externalId: '',
    randomId: 0,
    createdAt: 1_685_352_440.25,
    editedAt: null,
    removedAt: 0,
    attachments: [
      { id: '9', filename: 'a', mimeType: 'b', size: 0, url: 'c', createdAt: 1 },
      { id: '10', filename: '', mimeType: '', size: 2_147_483_647, url: '', createdAt: 253_402_300_799 },
    ],
    read: false,
    first: null,
    inboundEmail: '8',
  };
  const assignPart: AssignPart = {
    ...part,
    kind: 'assignPart',
    from: { kind: 'user', id: '77' },
    actions: [],
    assignee: { kind: 'admin', id: '5', name: '', avatar: 'http://x', type: 'BOT' },
  };
  const failed = { message: 'No.', delivery: 'UNKNOWN' } as const;
  const outcomes: readonly ReplyOutcome[] = [
    { kind: 'sent', part, assignPart, replayed: false, recovered: false },
    { kind: 'sent', part, assignPart, replayed: false, recovered: false },
    {
      kind: 'sent',
      part: {
        ...part,
        from: { kind: 'defaultAdmin', name: 'D', avatar: 'x' },
        actions: null,
        attachments: [],
      },
      assignPart: null,
      replayed: true,
      recovered: true,
    },
    {
      kind: 'sent',
      part: { ...part, from: null },
      assignPart: { ...assignPart, assignee: null },
      replayed: false,
      recovered: false,
    },
    {
      kind: 'invalidReply',
      ...failed,
      issues: [
        { path: ['a', '0'], message: 'b' },
        { path: [], message: '' },
      ],
    },
    { kind: 'tooManyRequests', ...failed, retryAfterSeconds: null },
    { kind: 'dashlyRejected', ...failed, status: 418, code: 'Teapot' },
    { kind: 'dashlyUnavailable', ...failed, reason: 'TIMEOUT' },
    { kind: 'replyTooBig', ...failed, bodyLength: 5 },
  ];
  const flags = [
    { a: true, b: false },
    { a: false, b: true },
    { a: true, b: true },
  ];

  /** Conversation n + 1 has the n-th outcome. */
  async function startWatched() {
    const commands: ReplyCommand[] = [];
    const endpoint = await startEndpoint(async (command) => {
      commands.push(command);
      return outcomes[Number(command.draft.conversationId) - 1] as ReplyOutcome;
    });
    const seen = async (params: Params) => {
      const { status, headers, text } = await askJson(endpoint.url, params);
      const asked = commands
        .splice(0)
        .map(({ draft, optionalFields }) => [draft, [...optionalFields].sort()]);
      return { status, type: headers['content-type'], text, asked };
    };
    return { seen, yogaCalls: endpoint.yogaCalls };
  }

  /** Valid documents; rules that the generator does not implement exclude the others. */
  function* documents(
    seed: number,
    samples: number,
    make: (random: () => number) => string,
  ): Generator<string> {
    const random = seededRandom(seed);
    for (let count = 0; count < samples; ) {
      const query = make(random);
      if (validate(schema, parse(query)).length > 0) continue;
      count++;
      yield query;
    }
  }

  const variables = '$a: Boolean!, $b: Boolean!, $input: ReplyToConversationInput!';
  /** Uses every variable, whatever the selection. */
  const using = 'usesA: __typename @skip(if: $a) usesB: __typename @skip(if: $b)';

  test('have the same response on both paths, with the same upstream parameters', async () => {
    const { seen, yogaCalls } = await startWatched();
    const differences: unknown[] = [];
    let index = 0;
    const all = documents(1, 200, (random) => {
      const { text, fragments } = randomSelection(schema, 'ReplyToConversationResult', random);
      return `mutation (${variables}) { ${using} replyToConversation(input: $input) ${text} } ${fragments}`;
    });
    await seen({ query: '{ __typename }' });
    for (const query of all) {
      const conversationId = String((index++ % outcomes.length) + 1);
      let short = 0;
      await seen({ query, variables: { ...flags[0], input: { conversationId } } });
      for (const given of flags) {
        const params = { query, variables: { ...given, input: { conversationId } } };
        const long = await seen(unseen(params, short));
        const before = yogaCalls();
        const answer = await seen(params);
        if (yogaCalls() === before) short++;
        if (JSON.stringify(answer) !== JSON.stringify(long)) differences.push({ query, given, long, answer });
      }
      if (short !== flags.length) differences.push({ query, short });
    }
    expect(index).toBe(200);
    expect(differences.slice(0, 2)).toEqual([]);
  });

  test('of two operations in one document are independent', async () => {
    const { seen } = await startWatched();
    const differences: unknown[] = [];
    let index = 0;
    const all = documents(2, 60, (random) => {
      const { text, fragments } = randomSelection(schema, 'ReplyToConversationPayload', random);
      const shared = `fragment Shared on ReplyToConversationPayload ${text} ${fragments}`;
      return `mutation A(${variables}) { ${using} replyToConversation(input: $input) { ...Shared @skip(if: $a) } }
        mutation B(${variables}) { ${using} replyToConversation(input: $input) { ... on ReplyToConversationPayload { ...Shared @include(if: $b) } } }
        mutation C(${variables}) { ${using} replyToConversation(input: $input) { ...Shared } }
        ${shared}`;
    });
    for (const query of all) {
      const input = { conversationId: String((index++ % 4) + 1) };
      await seen({ query, operationName: 'A', variables: { ...flags[0], input } });
      for (const given of flags) {
        for (const operationName of ['B', 'A', 'C']) {
          const params = { query, operationName, variables: { ...given, input } };
          const long = await seen(unseen(params, 1));
          const answer = await seen(params);
          if (JSON.stringify(answer) !== JSON.stringify(long)) {
            differences.push({ query, operationName, given, long, answer });
          }
        }
      }
    }
    expect(index).toBe(60);
    expect(differences.slice(0, 2)).toEqual([]);
  });
});
