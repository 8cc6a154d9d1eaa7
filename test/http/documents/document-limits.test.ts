/** A document beyond the limits is rejected: quickly, for every client alike, and before anything is sent. */

import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { ask, askJson } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { introspection } from '../../support/introspection.ts';
import { field, form, map } from '../../support/multipart-body.ts';
import { list, replies, reply, sized } from '../../support/sized-documents.ts';
import { answerJson, startUpstream } from '../../support/upstream/start-upstream.ts';

const accepts = [undefined, '*/*', 'application/json', 'application/graphql-response+json'];

async function startWatched(environment: Record<string, string> = {}) {
  const upstream = await startUpstream();
  const { url } = await startGateway({ DASHLY_API_URL: upstream.url, ...environment });
  return { url, upstream };
}

const rows: [what: keyof typeof sized, limit: number, message: RegExp][] = [
  ['tokens', 3_000, /more than 3000 tokens/],
  ['brackets', 150, /nested more than 150 levels/],
  ['levels', 20, /fields on more than 20 levels/],
  ['levelsOfFragments', 20, /fields on more than 20 levels/],
  ['aliasesOfTypename', 50, /more than 50 aliases/],
  ['aliases', 50, /more than 50 aliases/],
  ['aliasesInFragments', 50, /more than 50 aliases/],
  ['merged', 150, /selects a field more than 150 times/],
  ['mergedInFragments', 150, /selects a field more than 150 times/],
  ['directives', 50, /more than 50 directives/],
  ['replies', 5, /more than 5 replies/],
  ['repliesOneWithoutAlias', 5, /more than 5 replies/],
  ['repliesInFragments', 5, /more than 5 replies/],
  ['repliesIncluded', 5, /more than 5 replies/],
  ['aliasCharacters', 100, /an alias of more than 100 characters/],
  ['reads', 5, /selects parts more than 5 times/],
  ['readsInFragments', 5, /selects parts more than 5 times/],
  ['introspections', 3, /has more than 3 introspections/],
  ['introspectionsOfParts', 3, /has more than 3 introspections/],
  ['variableUses', 10, /uses a variable more than 10 times/],
  ['variableUsesInFragments', 10, /uses a variable more than 10 times/],
];

describe.each(rows)('%s: %i', (what, limit, message) => {
  test('are accepted', async () => {
    const { url } = await startWatched();
    const { status, text } = await askJson(url, { query: sized[what](limit) });
    expect([status, JSON.parse(text).errors]).toEqual([200, undefined]);
  });

  test('and one more are rejected for every Accept header, with nothing sent', async () => {
    const { url, upstream } = await startWatched();
    for (const accept of accepts) {
      const headers = accept === undefined ? {} : { accept };
      const { status, text } = await askJson(url, { query: sized[what](limit + 1) }, headers);
      const { data, errors } = JSON.parse(text);
      expect([accept, status, data, errors.length]).toEqual([accept, 400, undefined, 1]);
      expect(errors[0].message).toMatch(message);
    }
    expect(upstream.requests).toEqual([]);
  });
});

test('accepts a document of 64 KiB, and rejects one more character with 413', async () => {
  const { url } = await startWatched();
  expect((await askJson(url, { query: sized.characters(65_536) })).status).toBe(200);
  for (const accept of accepts) {
    const headers = accept === undefined ? {} : { accept };
    const { status, text } = await askJson(url, { query: sized.characters(65_537) }, headers);
    expect(status).toBe(413);
    expect(JSON.parse(text).errors[0].message).toMatch(/longer than 65536 characters/);
  }
});

test.each([
  [
    'a field of the parts',
    (count: number) => `{ conversation(id: 1) { parts { nodes { ${list(count, (i) => `a${i}: body`)} } } } }`,
  ],
  [
    'the parts',
    (count: number) => `{ conversation(id: 1) { parts { ${list(count, (i) => `a${i}: nodes { body }`)} } } }`,
  ],
  [
    'parts of references',
    (count: number) =>
      `{ _entities(representations: []) { ... on Conversation { parts { edges { node { id } } ${list(count - 1, (i) => `a${i}: nodes { body }`)} } } } }`,
  ],
] as const)(
  'eight copies of %s are accepted, and nine are rejected before anything is read',
  async (_what, make) => {
    const page = answerJson({ data: [], meta: { status: 200 } });
    const upstream = await startUpstream(page);
    const { url } = await startGateway({ DASHLY_API_URL: upstream.url });
    for (const _time of [1, 2]) {
      expect((await askJson(url, { query: make(8) })).status).toBe(200);
      const reads = upstream.requests.length;
      const { status, text } = await askJson(url, { query: make(9) });
      expect([status, upstream.requests.length]).toEqual([400, reads]);
      expect(JSON.parse(text).errors[0].message).toContain('could be larger than 32 MiB');
    }
  },
);

test('a read nested in another read is rejected', async () => {
  const { url, upstream } = await startWatched();
  const query = '{ conversation(id: 1) { parts { nodes { conversation { parts { nodes { id } } } } } } }';
  for (const _time of [1, 2]) {
    const { status, text } = await askJson(url, { query });
    expect(status).toBe(400);
    expect(JSON.parse(text).errors[0].message).toMatch(/inside of parts; nothing was read/);
  }
  expect(upstream.requests).toEqual([]);
});

describe('replies', () => {
  test.each([1, 7, 50])('are limited to %i by MAX_REPLIES_PER_OPERATION', async (max) => {
    const { url, upstream } = await startWatched({ MAX_REPLIES_PER_OPERATION: String(max) });
    for (const times of [1, 2]) {
      const { text } = await askJson(url, { query: `mutation { ${replies(max)} }` });
      expect(JSON.parse(text).errors).toBeUndefined();
      expect(upstream.requests).toHaveLength(times * max);
      const refused = await askJson(url, { query: `mutation { ${replies(max + 1)} }` });
      expect([refused.status, upstream.requests.length]).toEqual([400, times * max]);
    }
  });

  test.each([
    ['under @include(if: false)', `mutation { ${replies(6, 'r', '@include(if: false)')} }`, {}],
    [
      'under @skip and a variable',
      `mutation ($s: Boolean!) { ${replies(6, 'r', '@skip(if: $s)')} }`,
      { s: true },
    ],
    [
      'in a fragment that a variable skips',
      `mutation ($s: Boolean!) { ${replies(3)} ...F @skip(if: $s) } fragment F on Mutation { ${replies(3, 'f')} }`,
      { s: true },
    ],
  ])('count even if they are skipped: %s', async (_name, query, variables) => {
    const { url, upstream } = await startWatched();
    expect((await askJson(url, { query, variables })).status).toBe(400);
    expect(upstream.requests).toEqual([]);
  });

  test('under one name are one reply', async () => {
    const { url, upstream } = await startWatched();
    const query = `mutation { ${list(20, () => reply())} ...F } fragment F on Mutation { ${reply()} }`;
    for (const times of [1, 2]) {
      expect((await askJson(url, { query })).status).toBe(200);
      expect(upstream.requests).toHaveLength(times);
    }
  });

  test('are counted per operation', async () => {
    const { url, upstream } = await startWatched();
    const query = `mutation A { ${replies(5)} } mutation B { ${replies(5)} }`;
    for (const times of [1, 2]) {
      expect((await askJson(url, { query, operationName: 'B' })).status).toBe(200);
      expect(upstream.requests).toHaveLength(5 * times);
    }
    const one = `mutation A { ${reply()} } mutation B { ${replies(6)} }`;
    expect((await askJson(url, { query: one, operationName: 'A' })).status).toBe(400);
  });

  test('with files have the same limit', async () => {
    const { url, upstream } = await startWatched();
    const query = `mutation ($f: Upload!) { ${replies(5)} file: replyToConversation(input: { conversationId: "1", attachment: { file: $f } }) { __typename } }`;
    const operations = field('operations', JSON.stringify({ query, variables: { f: null } }));
    const body = form(operations, map({ '0': ['variables.f'] }));
    const headers = {
      'content-type': 'multipart/form-data; boundary=x-x-boundary-7e3',
      'apollo-require-preflight': '1',
      authorization: 'Token sandbox',
    };
    expect((await ask(url, { method: 'POST', headers, body })).status).toBe(400);
    expect(upstream.requests).toEqual([]);
  });

  test('can be five that select everything', async () => {
    const { url, upstream } = await startWatched();
    const type = schema.getType('ReplyToConversationResult');
    const everything = selectAll(type);
    expect(everything).toContain('inboundEmail');
    const query = `mutation { ${list(5, (i) => `r${i}: replyToConversation(input: { conversationId: "1" }) ${everything}`)} }`;
    for (const times of [1, 2]) {
      const { status, text } = await askJson(url, { query });
      expect([status, JSON.parse(text).errors]).toEqual([200, undefined]);
      expect(upstream.requests).toHaveLength(5 * times);
    }
  });
});

/** Every field of a type to the last level, except the parts of a conversation: they have a conversation. */
function selectAll(type: GraphQLNamedType | undefined): string {
  if (isAbstractType(type)) {
    return `{ __typename ${schema
      .getPossibleTypes(type)
      .map((possible) => `... on ${possible.name} ${selectAll(possible)}`)
      .join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  // `reason` has a different type in each of two members of the union, so without an alias the fields would conflict.
  const alias = type.name === 'GatewayUnavailableError' ? 'gatewayReason: ' : '';
  const select = ({ name, type: fieldType }: { name: string; type: GraphQLOutputType }) =>
    `${name === 'reason' ? alias : ''}${name} ${selectAll(getNamedType(fieldType))}`;
  const fields = Object.values(type.getFields()).filter(({ name }) => name !== 'parts');
  return `{ ${fields.map(select).join(' ')} }`;
}

test.each([1, 3, 50])(
  'a variable can be used twice per allowed reply (%i), and so can each of several',
  async (max) => {
    const { url, upstream } = await startWatched({ MAX_REPLIES_PER_OPERATION: String(max) });
    const ask = (uses: number) =>
      askJson(url, { query: sized.variableUses(uses), variables: { v: { a: 1 } } });
    for (const times of [1, 2]) {
      expect(JSON.parse((await ask(2 * max)).text).errors).toBeUndefined();
      expect((await ask(2 * max + 1)).status).toBe(400);
      expect(upstream.requests).toHaveLength(times);
    }
    const list = (name: string) =>
      Array(2 * max)
        .fill(`$${name}`)
        .join(' ');
    const query = `mutation ($v: JSONObject, $w: JSONObject) {
      replyToConversation(input: { conversationId: "1", bodyJson: { v: [${list('v')}], w: [${list('w')}] } }) { __typename }
    }`;
    for (const _time of [1, 2]) {
      const variables = { v: { a: 1 }, w: { b: 2 } };
      expect(JSON.parse((await askJson(url, { query, variables })).text).errors).toBeUndefined();
    }
    expect(upstream.requests.at(-1)?.fields).toContainEqual([
      'body_json',
      JSON.stringify({ v: Array(2 * max).fill({ a: 1 }), w: Array(2 * max).fill({ b: 2 }) }),
    ]);
  },
);

test('the full introspection is within all limits', async () => {
  const { url } = await startWatched();
  const { status, text } = await askJson(url, { query: introspection });
  expect([status, JSON.parse(text).errors]).toEqual([200, undefined]);
});

describe('the limits do not count', () => {
  test.each([
    ['brackets in a string', `mutation { ${reply().replace('"1"', `"1", body: "${'{[('.repeat(100)}"`)} }`],
    [
      'brackets in a block string',
      `mutation { ${reply().replace('"1"', `"1", body: """${'{[('.repeat(100)}"""`)} }`,
    ],
    ['brackets and directives in a comment', `{ __typename } # ${'{ @a '.repeat(200)}`],
    [
      'adjacent brackets',
      `mutation { ${reply().replace('"1"', `"1", bodyJson: { l: [${'[] '.repeat(200)}] }`)} }`,
    ],
    ['fields with the name of an alias', `{ ${'__typename '.repeat(100)} }`],
  ])('%s', async (_name, query) => {
    const { url } = await startWatched();
    const { status, text } = await askJson(url, { query });
    expect([status, JSON.parse(text).errors]).toEqual([200, undefined]);
  });
});

describe('an expensive document', () => {
  const chain = (length: number, end: string) =>
    `{ ...F0 } ${list(length, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F${length} on Query { ${end} }`;
  const cyclic = /Cannot spread fragment/;
  const doubled = (levels: number): string =>
    levels === 0 ? 'name' : `ofType { ${doubled(levels - 1)} } ofType { ${doubled(levels - 1)} }`;

  // Without their limits, some of them would never get a response.
  test.each<[name: string, query: string, answer: RegExp]>([
    ['a fragment that spreads itself', '{ ...A } fragment A on Query { ...A __typename }', cyclic],
    [
      'fragments that spread each other',
      `mutation { ...A } fragment A on Mutation { ${reply()} ...B } fragment B on Mutation { ...A }`,
      cyclic,
    ],
    [
      'fragments that spread each other below a field',
      '{ replyLimits { ...A } } fragment A on ReplyLimits { ...B a: __typename } fragment B on ReplyLimits { ...A ...A }',
      cyclic,
    ],
    ['a chain of fragments, each of which spreads the next twice', chain(250, '__typename'), /^\{"data":/],
    ['such a chain with an alias at its end', chain(250, 'a: __typename'), /more than 50 aliases/],
    [
      'the same field thousands of times',
      `{ ${'__typename '.repeat(2_990)} }`,
      /a field more than 150 times/,
    ],
    ['thousands of unknown fields', `{ ${'a '.repeat(2_990)} }`, /a field more than 150 times/],
    ['fields that occur twice on every level', `{ __type(name: "Query") { ${doubled(8)} } }`, /^\{"data":/],
  ])('gets a response: %s', async (_name, query, answer) => {
    const { url, upstream } = await startWatched();
    const { text } = await askJson(url, { query });
    expect(text).toMatch(answer);
    expect(upstream.requests).toEqual([]);
  });

  test.each<[accept: string | undefined, name: string, query: string]>(
    accepts.flatMap((accept): [string | undefined, string, string][] => [
      [accept, 'a chain with an alias at its end', chain(250, 'a: __typename')],
      [accept, 'the same field thousands of times', `{ ${'__typename '.repeat(2_990)} }`],
    ]),
  )('is rejected with 400, for Accept: %s, %s', async (accept, _name, query) => {
    const { url } = await startWatched();
    const headers = accept === undefined ? {} : { accept };
    expect((await askJson(url, { query }, headers)).status).toBe(400);
  });
});

describe('a batch', () => {
  const one = { query: `mutation { ${reply()} }` };

  test.each<[name: string, body: unknown]>([
    ['of two', [one, one]],
    ['of one', [one]],
    ['of none', []],
    ['of queries', [{ query: '{ __typename }' }, { query: '{ __typename }' }]],
  ])('%s is rejected for every Accept header', async (_name, body) => {
    const { url, upstream } = await startWatched();
    for (const accept of [...accepts, ...accepts]) {
      const headers = accept === undefined ? {} : { accept };
      expect((await askJson(url, body, headers)).status).toBe(400);
      expect((await askJson(url, { query: '{ __typename }' }, headers)).status).toBe(200);
    }
    expect(upstream.requests).toEqual([]);
  });
});

test.each(rows)('%s: more than %i are rejected in a GET too', async (what, limit, message) => {
  const { url } = await startWatched();
  const query = sized[what](limit + 1);
  for (const accept of ['*/*', 'application/json', '*/*']) {
    const { status, text } = await ask(`${url}?query=${encodeURIComponent(query)}`, { headers: { accept } });
    expect(status).toBe(400);
    expect(text).toMatch(message);
  }
});
