/** The fields of Apollo Federation: who may read the SDL, and which entities are resolved. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSubgraph } from '../../src/graphql/federation.ts';
import { schema } from '../../src/graphql/schema.ts';
import { askJson } from '../support/gateway/ask.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { startUpstream } from '../support/upstream/start-upstream.ts';

const committed = readFileSync(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8');
const service = { query: '{ _service { sdl } }' };

describe('_service', () => {
  test.each<[environment: Record<string, string>, sdl: string]>([
    [{}, committed],
    [{ NODE_ENV: 'production', DASHLY_API_URL: 'sandbox', INTROSPECTION: 'true' }, committed],
    [{ TYPE_PREFIX: 'Dashly' }, createSubgraph(schema, 'Dashly').sdl],
  ])('returns the committed SDL with %j', async (environment, sdl) => {
    const { url } = await startGateway(environment);
    const { text: answer } = await askJson(url, service);
    expect(JSON.parse(answer)).toEqual({ data: { _service: { sdl } } });
    const { text } = await askJson(url, {
      query:
        'query ($no: Boolean!) { a: _service { ...T b: sdl @skip(if: $no) } } fragment T on _Service { __typename }',
      variables: { no: false },
    });
    expect(JSON.parse(text)).toEqual({ data: { a: { __typename: '_Service', b: sdl } } });
  });

  test.each([{}, { INTROSPECTION: 'false' }, { TYPE_PREFIX: 'Dashly' }])(
    'is rejected in production with %j, in every kind of document',
    async (environment) => {
      const production = { NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' };
      const { url } = await startGateway({ ...production, ...environment });
      const documents = [
        '{ _service { sdl } }',
        '{ replyLimits { __typename } x: _service { __typename } }',
        'query Q { ...F } fragment F on Query { ... { _service { sdl } } }',
        'query Q($no: Boolean = false) { _service @include(if: $no) { sdl } }',
      ];
      for (const query of documents) {
        const { text } = await askJson(url, { query });
        const { data, errors } = JSON.parse(text);
        expect(data).toBeUndefined();
        expect(errors[0].message).toContain('Introspection is disabled');
        expect(text).not.toMatch(/@key|scalar/);
      }
      const get = await fetch(`${url}?query=${encodeURIComponent(service.query)}`);
      expect((await get.json()).data).toBeUndefined();
      const { text } = await askJson(url, { query: '{ replyLimits { attachmentMaxBytes } }' });
      expect(JSON.parse(text).errors).toBeUndefined();
    },
  );
});

describe('_entities', () => {
  const query =
    'query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Conversation { id } } }';

  async function resolve(url: string, representations: unknown, document = query) {
    const asked = { query: document, variables: { of: representations } };
    const params = JSON.stringify(asked).replace(/"exact (\d+)"/g, '$1');
    const { status, text } = await askJson(url, params);
    expect(status).toBe(200);
    return JSON.parse(text);
  }

  test.each(['', 'Dashly'])(
    'resolves conversations with the prefix "%s" without a call to Dashly',
    async (prefix) => {
      const upstream = await startUpstream();
      const { url } = await startGateway({ TYPE_PREFIX: prefix, DASHLY_API_URL: upstream.url });
      const __typename = `${prefix}Conversation`;
      const ids = ['1', '18446744073709551615', 7, 'exact 1447294760057308402'];
      const representations = ids.map((id) => ({ __typename, id }));
      expect(await resolve(url, representations, query.replace('Conversation', __typename))).toEqual({
        data: {
          _entities: ['1', '18446744073709551615', '7', '1447294760057308402'].map((id) => ({
            __typename,
            id,
          })),
        },
      });
      expect(upstream.requests).toEqual([]);
    },
  );

  test.each<[representation: unknown, message: string]>([
    [{ __typename: 'Conversation', id: '0' }, 'id of a conversation'],
    [{ __typename: 'Conversation', id: null }, 'id of a conversation'],
    [{ __typename: 'Conversation', id: { a: 1 } }, 'id of a conversation'],
    [{ __typename: 'Conversation' }, 'id of a conversation'],
    [{ __typename: 'User', id: '1' }, '__typename'],
    [{ __typename: 'ConversationPart', id: '1' }, '__typename'],
    [{ __typename: 'Query', id: '1' }, '__typename'],
    [{ __typename: '__proto__', id: '1' }, '__typename'],
    [{ id: '1' }, '__typename'],
    ['Conversation', '__typename'],
    [[{ __typename: 'Conversation', id: '1' }], '__typename'],
  ])('is null for %j, and the others are resolved', async (representation, message) => {
    const { url } = await startGateway();
    const known = { __typename: 'Conversation', id: '1' };
    expect(await resolve(url, [known, representation, known])).toEqual({
      data: { _entities: [known, null, known] },
      errors: [
        expect.objectContaining({
          message: expect.stringContaining(message),
          path: ['_entities', 1],
          extensions: { code: 'BAD_USER_INPUT' },
        }),
      ],
    });
  });

  test('resolves at most 500', async () => {
    const { url } = await startGateway();
    const many = (length: number) => Array.from({ length }, () => ({ __typename: 'Conversation', id: '1' }));
    expect((await resolve(url, many(500))).data._entities).toHaveLength(500);
    expect((await resolve(url, many(501))).errors).toEqual([
      expect.objectContaining({
        message: 'At most 500 entities can be resolved in one operation, but there are 501.',
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
  });

  test('works in production, where _service does not', async () => {
    const { url } = await startGateway({ NODE_ENV: 'production', DASHLY_API_URL: 'sandbox' });
    expect((await resolve(url, [{ __typename: 'Conversation', id: '5' }])).data).toEqual({
      _entities: [{ __typename: 'Conversation', id: '5' }],
    });
  });
});
