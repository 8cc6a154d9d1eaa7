/** A cached document, which is compiled and executed without Yoga, has the same result as a new one. */

import { describe, expect, test } from 'vitest';
import type { ReplyOutcome } from '../../../src/conversation/reply-outcome.ts';
import { ask, askJson, type HttpAnswer } from '../../support/gateway/ask.ts';
import { sendForm } from '../../support/gateway/raw-client.ts';
import { startEndpoint } from '../../support/gateway/start-endpoint.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { file, form, map, replyOperations, upload } from '../../support/multipart-body.ts';
import {
  answerJson,
  startUpstream,
  withDocumentedPart,
  withNewPart,
} from '../../support/upstream/start-upstream.ts';
import {
  answerInConversation,
  answers,
  answerWithParts,
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
    const answer = request.method === 'GET' ? answerWithParts(id) : answerInConversation(id);
    const { json, status, headers } = answers[id] ?? { json: answer };
    const text = typeof json === 'string' ? json : JSON.stringify(json);
    answerJson(withNewPart(text), status, headers)(response, request);
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
    return { status, type: headers['content-type'], text: withDocumentedPart(text), sent };
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
