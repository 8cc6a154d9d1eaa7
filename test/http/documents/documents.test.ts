/** The cost of documents is limited: in memory, in time and in bytes of the response. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import type { GraphQLContext } from '../../../src/graphql/context.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { type CheckedDocument, Documents } from '../../../src/http/documents/documents.ts';
import { ask, askJson } from '../../support/gateway/ask.ts';
import { everything } from '../../support/gateway/reply.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { introspection } from '../../support/introspection.ts';
import { boundary, file, form, map, operations } from '../../support/multipart-body.ts';
import { endCommands, startCommand } from '../../support/process/start-command.ts';
import { list, replies, reply } from '../../support/sized-documents.ts';
import { answerReply, startUpstream } from '../../support/upstream/start-upstream.ts';

afterAll(endCommands);

const open = () => new Documents({ schema, limits: { maxReplies: 5 }, hasIntrospection: true });

const aliases = (count: number, name: string) => list(count, (index) => `a${index}: ${name}`);

/** Different documents of one kind, each with its operations. */
type Make = (index: number) => { readonly query: string; readonly operationNames: readonly string[] };

const one = (make: (name: string) => string): Make => {
  return (index) => ({ query: make(`Op${index}`), operationNames: [`Op${index}`] });
};
const literal = (name: string, json: string) =>
  `mutation ${name} { replyToConversation(input: { conversationId: 1, bodyJson: { a: ${json} } }) { __typename } }`;
const kinds: Record<string, Make> = {
  'a small reply': one((name) => `mutation ${name} { ${reply()} }`),
  'a field under many names': one(
    (name) =>
      `mutation ${name} { replyToConversation(input: { conversationId: 1 }) { ... on ReplyError { ${aliases(46, 'message')} } } }`,
  ),
  'many fields of the same name': one(
    (name) => `query ${name} { replyLimits { ${'attachmentFileNameMaxLength '.repeat(150)} } }`,
  ),
  'many numbers': one((name) => literal(name, `[${'1 '.repeat(2_900)}]`)),
  'many fields of an object': one((name) => literal(name, `{ ${list(900, (index) => `a${index}: 1`)} }`)),
  'a long comment': one((name) => `query ${name} { __typename } # ${'x'.repeat(60_000)}`),
  'a long string': one((name) => literal(name, `"${'ж'.repeat(60_000)}"`)),
  'a long string with escapes': one((name) => literal(name, `"${'\\n'.repeat(30_000)}"`)),
  'a block string': one((name) => literal(name, `"""${'ж\n'.repeat(30_000)}"""`)),
  'many operations': (index) => {
    const operationNames = Array.from({ length: 90 }, (_, of) => `Op${index}of${of}`);
    const all = operationNames.map((name) => `mutation ${name} { ...R }`);
    return { query: `${all.join(' ')} fragment R on Mutation { ${reply()} }`, operationNames };
  },
};

/** An operation is compiled at its second execution. */
async function compile(checked: CheckedDocument, operationName: string): Promise<void> {
  // Each reply fails at once.
  const context = {} as GraphQLContext;
  for (const _time of [1, 2]) await checked.operation(operationName)?.execute(context, {});
}

test.each(Object.entries(kinds))('the estimate for %s is at least the memory', async (_name, make) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapUsed = () => {
    collect();
    collect();
    const { heapUsed: used, external } = process.memoryUsage();
    return used + external;
  };
  const compileAll = async (documents: Documents, first: number, count: number) => {
    const all: CheckedDocument[] = [];
    for (let index = 0; index < count; index++) {
      const { query, operationNames } = make(first + index);
      // A flat copy of the string, like the parameters of a request.
      const checked = documents.check(Buffer.from(query).toString());
      expect(checked.errors).toEqual([]);
      for (const name of operationNames) await compile(checked, name);
      all.push(checked);
    }
    return all;
  };
  await compileAll(open(), 0, 50);
  const documents = open();
  const before = heapUsed();
  const kept = await compileAll(documents, 50, 100);
  const held = heapUsed() - before;
  const weight = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(weight).toBeGreaterThan(0.9 * held);
});

describe('the cache', () => {
  test('keeps a document while there is space', () => {
    const documents = open();
    const query = `mutation { ${reply()} }`;
    const checked = documents.check(query);
    for (let index = 0; index < 50; index++) {
      documents.check(`{ a${index}: __typename }`);
      expect(documents.find(query)).toBe(checked);
    }
    expect(documents.check(query)).toBe(checked);
  });

  test('evicts the least recently used documents', () => {
    const documents = open();
    const large = (index: number) => literal(`Op${index}`, `[${'1 '.repeat(500)}]`);
    for (let index = 0; index < 50; index++) documents.check(large(index));
    const kept = Array.from({ length: 50 }, (_, index) => documents.find(large(index)));
    const found = kept.filter((checked) => checked !== undefined);
    expect(found.length).toBeGreaterThan(3);
    expect(found).toEqual(kept.slice(-found.length));
    expect(found.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(2 * 1024 * 1024);
  });

  test('counts plans too', async () => {
    const documents = open();
    const names = Array.from({ length: 90 }, (_, index) => `Op${index}`);
    const query = `${names.map((name) => `mutation ${name} { ...R }`).join(' ')} fragment R on Mutation {
      replyToConversation(input: { conversationId: 1 }) { ... on ReplyError { ${aliases(46, 'message')} } } }`;
    const checked = documents.check(query);
    const bytes: number[] = [];
    for (const name of names) {
      await compile(checked, name);
      bytes.push(checked.bytes);
    }
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    expect(bytes.at(-1)).toBeGreaterThan(2 * 1024 * 1024);
    // The document no longer fits.
    expect(documents.find(query)).toBeUndefined();
  });

  test.each([
    ['invalid', '{ nope }'],
    ['rejected', `{ ${aliases(51, '__typename')} }`],
    ['not GraphQL', '{ nope'],
  ])('does not cache a document that is %s', (_what, query) => {
    const documents = open();
    try {
      documents.check(query);
    } catch {}
    expect(documents.find(query)).toBeUndefined();
  });
});

test('a process with a small heap survives documents of every kind', async () => {
  const { origin, child } = await startCommand({
    DASHLY_API_URL: 'http://127.0.0.1:1',
    NODE_OPTIONS: '--max-old-space-size=80',
  });
  const post = (params: object) => askJson(`${origin}/graphql`, params, { authorization: '' });
  const names = Array.from({ length: 60 }, (_, index) => `Op${index}`);
  const variables = ['a', 'b', 'c', 'd'];
  const query = `${names.map((name) => `mutation ${name}($a:Boolean!$b:Boolean!$c:Boolean!$d:Boolean!){...R}`).join('')}
    fragment R on Mutation{replyToConversation(input:{conversationId:1}){...F}}
    fragment F on ReplyError{${aliases(46, 'message')} message@skip(if:$a)delivery@skip(if:$b)x:__typename@skip(if:$c)y:__typename@skip(if:$d)}`;
  for (const operationName of names) {
    for (let combination = 0; combination < 16; combination++) {
      const bits = variables.map((name, bit) => [name, Boolean((combination >> bit) & 1)]);
      const { text } = await post({ query, operationName, variables: Object.fromEntries(bits) });
      expect(JSON.parse(text).errors).toBeUndefined();
    }
  }
  for (let index = 0; index < 20; index++) {
    for (const make of Object.values(kinds)) {
      const { query: other, operationNames } = make(index);
      const params = { query: other, operationName: operationNames[0] };
      for (const _time of [1, 2]) expect((await post(params)).status).toBe(200);
    }
  }
  expect(child.exitCode).toBeNull();
});

describe('introspection', () => {
  const three =
    '{ __schema { types { ...T } } } fragment T on __Type { a: fields { name } b: fields { name } c: fields { name } }';
  const four = three.replace('b:', 'd: fields { name } b:');

  test.each<[name: string, query: string]>([
    ['all of it', introspection],
    ['three times', three],
    [
      'with constant conditions',
      '{ __schema @skip(if: true) { types { name } } __typename @include(if: true) }',
    ],
    ['__typename only', '{ __typename }'],
  ])(
    'has the same response each time, also by GET and as a part of another operation: %s',
    async (_name, query) => {
      const { url } = await startGateway();
      const answers = [];
      for (const _time of [1, 2, 3]) answers.push(await askJson(url, { query }));
      answers.push(await ask(`${url}?query=${encodeURIComponent(query)}`));
      answers.push(
        await askJson(url, {
          query: `query ($a: Boolean!) { z: __typename @skip(if: $a) ${query.slice(query.indexOf('{') + 1)}`,
          variables: { a: true },
        }),
      );
      for (const { status, headers, text } of answers) {
        expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
        expect(text).toBe(answers[0]?.text);
      }
    },
  );

  test('is rejected the fourth time in one operation', async () => {
    const { url } = await startGateway();
    const message = 'The document has more than 3 introspections in one operation.';
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json', '*/*']) {
      for (const { status, text } of [
        await askJson(url, { query: four }, { accept }),
        await ask(`${url}?query=${encodeURIComponent(four)}`, { headers: { accept } }),
      ]) {
        expect([status, JSON.parse(text).errors[0].message]).toEqual([400, message]);
      }
    }
  });

  test('is rejected if lists are nested too deeply', async () => {
    const { url } = await startGateway();
    const query = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
    const { text } = await askJson(url, { query });
    expect(JSON.parse(text).errors[0].message).toBe('Maximum introspection depth exceeded');
  });
});

describe('the size of a response', () => {
  const body = 'x'.repeat(1_040_000);
  const part = (fields: string) => `... on ReplyToConversationPayload { part { ${fields} } }`;
  const replyWith = (selection: string) =>
    `mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { ${selection} } }`;
  const message =
    'The response to this operation could be larger than 32 MiB; select each field once, or send fewer or smaller replies.';
  const withoutFragment = everything.replaceAll('...OfPart', 'id body bodyJson metaData');

  async function start() {
    const upstream = await startUpstream((response, request) => {
      const echoed = new Map(request.fields).get('body') ?? '';
      answerReply({ body: echoed })(response, request);
    });
    return { upstream, ...(await startGateway({ DASHLY_API_URL: upstream.url })) };
  }

  test.each<[name: string, query: string]>([
    ['49 times in one reply', replyWith(part(aliases(49, 'body')))],
    ['in six copies', replyWith(part(aliases(6, 'body')))],
    [
      'in six copies, in parts under two names',
      replyWith(
        `... on ReplyToConversationPayload { x: part { ...F } y: part { ...F } } } } fragment F on Part { ${aliases(3, 'body')}`,
      ).replace(/ \} \}$/, ' }'),
    ],
  ])('is limited: a megabyte %s is rejected before it is sent', async (_name, query) => {
    const { url, upstream } = await start();
    const variables = { input: { conversationId: 1, body } };
    for (const accept of ['*/*', 'application/json', '*/*']) {
      const { status, text } = await askJson(url, { query, variables }, { accept });
      expect([status, JSON.parse(text).errors[0].message]).toEqual([400, message]);
    }
    // The same document is cached by now, and small replies pass.
    const small = { input: { conversationId: 1, body: 'small' } };
    for (const _time of [1, 2])
      expect(JSON.parse((await askJson(url, { query, variables: small })).text).errors).toBeUndefined();
    const { status } = await askJson(url, { query, variables });
    expect([status, upstream.requests.length]).toEqual([400, 2]);
  });

  test('also counts the parameters of an upload', async () => {
    const { url, upstream } = await start();
    const query = replyWith(part(aliases(49, 'body')));
    const send = (text: string) => {
      const input = { conversationId: 1, body: text, attachment: { file: null } };
      const sent = form(operations({ input }, query), map(), file('bytes'));
      const headers = {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'apollo-require-preflight': '1',
        authorization: 'Token sandbox',
      };
      return ask(url, { method: 'POST', headers, body: sent });
    };
    expect((await send(body)).status).toBe(400);
    expect(upstream.requests).toEqual([]);
    expect((await send('small')).status).toBe(200);
  });

  test.each<[name: string, query: string]>([
    ['once, with everything else', replyWith(withoutFragment)],
    [
      'five times',
      `mutation ($body: String!) { ${list(5, (index) => `r${index}: replyToConversation(input: { conversationId: 1, body: $body }) { ${part('id body')} }`)} }`,
    ],
  ])('allows a megabyte %s', async (_name, query) => {
    const { url, upstream } = await start();
    const variables = query.includes('$body') ? { body } : { input: { conversationId: 1, body } };
    for (const times of [1, 2]) {
      const { status, text } = await askJson(url, { query, variables });
      expect([status, JSON.parse(text).errors]).toEqual([200, undefined]);
      expect(text).toContain(body);
      expect(upstream.requests).toHaveLength(times * (query.includes('$body') ? 5 : 1));
    }
  });
});

describe('at most three errors of a kind', () => {
  const ten = (item: (index: number) => string) => list(10, item);
  const byInput =
    'mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }';

  test.each<[name: string, query: string, variables?: object]>([
    ['directives', `{ __typename ${ten((index) => `@d${index}`)} }`],
    ['repeated directives', `{ __typename ${ten(() => '@skip(if: false)')} }`],
    ['fields', `{ ${ten((index) => `f${index}`)} }`],
    ['arguments', `{ __type(name: "A" ${ten((index) => `a${index}: 1`)}) { name } }`],
    [
      'fields of an input',
      `mutation { replyToConversation(input: { conversationId: 1 ${ten((index) => `f${index}: 1`)} }) { __typename } }`,
    ],
    ['fragments', `{ ${ten((index) => `...F${index}`)} }`],
    ['types', `{ ${ten((index) => `... on T${index} { a }`)} }`],
    [
      'variables that are not defined',
      `{ ${ten((index) => `a${index}: __typename @skip(if: $v${index})`)} }`,
    ],
    ['variables that are not used', `query (${ten((index) => `$v${index}: Int`)}) { __typename }`],
    [
      'fields of an input in variables',
      byInput,
      {
        input: {
          conversationId: 1,
          ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`f${index}`, 1])),
        },
      },
    ],
    [
      'wrong variables',
      `mutation (${ten((index) => `$v${index}: Int!`)}) { ${replies(5)} ${ten((index) => `a${index}: __typename`)} }`,
    ],
  ])('%s', async (_name, query, variables) => {
    const { url } = await startGateway();
    const { text } = await askJson(url, { query, variables });
    const messages: string[] = JSON.parse(text).errors.map((error: { message: string }) => error.message);
    expect(messages.length).toBeGreaterThan(0);
    // The fourth is a note that there are more.
    expect(messages.length).toBeLessThanOrEqual(4);
    if (messages.length === 4) expect(messages[3]).toMatch(/^Too many/);
  });
});

test.each([
  ['application/graphql-response+json', 400],
  ['application/json', 200],
])('a subscription is an invalid document for Accept: %s, %i', async (accept, status) => {
  const { url } = await startGateway();
  for (const query of ['subscription { replyLimits { attachmentMaxBytes } }', 'subscription S { a b }']) {
    const answer = await askJson(url, { query }, { accept });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      status,
      {
        errors: [
          {
            message: 'The schema has no subscription type; send a query or a mutation.',
            locations: [{ line: 1, column: 1 }],
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          },
        ],
      },
    ]);
  }
});
