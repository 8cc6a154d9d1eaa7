/** The `JSONObject` scalar: objects arrive unchanged from variables, literals and default values. */

import { describe, expect, test } from 'vitest';
import { post } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';
import {
  answerJson,
  documentedAnswer,
  documentedConversation,
} from '../../support/upstream/start-upstream.ts';

/** Valid in JSON and in GraphQL. */
const exactNumbers = [
  '12345678901234567890',
  '-9007199254740993',
  '0.1000000000000000055511151231257827',
  '1e400',
  '1E-400',
  '-1e-0400',
  '123456789.123456789123',
  '9'.repeat(400),
];
const plainNumbers = ['1234567890123456', '0', '7', '-1.5', '1e21', '123456789012345', '0.1'];

const beforeMetaData = '[{"type":"quick_reply","body":"A","meta_data":';

/** Returns what arrives in `body_json` and in `meta_data` of the button. */
async function arrivals(
  declaration: string,
  bodyJson: string,
  metaData: string,
  variables: string,
): Promise<string[]> {
  const { gateway, upstream } = await startStage();
  const query = `mutation ${declaration} { replyToConversation(input: {
    conversationId: 7, bodyJson: ${bodyJson}, actions: [{ quickReply: { body: "A", metaData: ${metaData} } }]
  }) { __typename ... on ReplyError { message } } }`;
  const { body } = await post(gateway, query, variables);
  expect(body).toEqual({ data: { replyToConversation: { __typename: 'ReplyToConversationPayload' } } });
  expect(upstream.requests).toHaveLength(1);
  return upstream.requests.flatMap(({ fields }) => {
    const { body_json = '', actions = '' } = Object.fromEntries(fields);
    return [body_json, actions.slice(beforeMetaData.length, -'}]'.length)];
  });
}

function twice(json: string): string[] {
  return [json, json];
}

describe.each([...exactNumbers, ...plainNumbers])('the number %s', (number) => {
  const json = `{"n":${number},"list":[${number}]}`;
  const sent = exactNumbers.includes(number) ? json : JSON.stringify(JSON.parse(json));

  test('keeps its value in a variable', async () => {
    expect(await arrivals('($m: JSONObject)', '$m', '$m', `{"m": ${json}}`)).toEqual(twice(sent));
  });

  // graphql-jit writes literals into the source of its functions, as doubles.
  test('keeps its value in a literal', async () => {
    const literal = `{ n: ${number}, list: [${number}] }`;
    expect(await arrivals('', literal, literal, '{}')).toEqual(twice(sent));
  });

  test('keeps its value in the default value of a variable', async () => {
    const declaration = `($m: JSONObject = { n: ${number}, list: [${number}] })`;
    expect(await arrivals(declaration, '$m', '$m', '{}')).toEqual(twice(sent));
  });

  test('keeps its value in the response', async () => {
    const answer = JSON.stringify({
      ...documentedAnswer,
      data: {
        ...documentedAnswer.data,
        body_json: 0,
        meta_data: 0,
        actions: [
          { type: 'quick_reply', body: 'A', meta_data: 0 },
          { type: 'else', n: 0 },
        ],
      },
    }).replaceAll(/"(body_json|meta_data|n)":0/g, `"$1":${json}`);
    const { gateway } = await startStage(answerJson(answer));
    const { text } = await post(
      gateway,
      `mutation { replyToConversation(input: { conversationId: ${documentedConversation} }) { ... on ReplyToConversationPayload { part {
        bodyJson metaData actions { ... on QuickReply { metaData } ... on OtherAction { data } }
      } } } }`,
    );
    expect(text).toBe(
      `{"data":{"replyToConversation":{"part":{"bodyJson":${sent},"metaData":${sent},"actions":[` +
        `{"metaData":${sent}},{"data":{"type":"else","n":${sent}}}]}}}}`,
    );
  });
});

test.each([
  [
    'every kind of value',
    '{ a: null, b: true, c: "x\\n\\u00e9", d: [], e: {}, f: [[1, { g: false }]] }',
    '{"a":null,"b":true,"c":"x\\né","d":[],"e":{},"f":[[1,{"g":false}]]}',
  ],
  [
    'keys with a meaning in JavaScript',
    '{ constructor: { prototype: 2 }, toString: 3, toJSON: 4, then: 5 }',
    '{"constructor":{"prototype":2},"toString":3,"toJSON":4,"then":5}',
  ],
  ['a block string', '{ a: """\n  one\n    two\n  """ }', '{"a":"one\\n  two"}'],
])('sends a literal with %s as JSON', async (_title, literal, json) => {
  expect(await arrivals('', literal, literal, '{}')).toEqual(twice(json));
});

// In generated source code such a key would set the prototype.
test.each([
  ['{ __proto__: { a: 1 }, b: 2 }', '{"__proto__":{"a":1},"b":2}'],
  ['{ __proto__: 1 }', '{"__proto__":1}'],
])('sends the literal %s as JSON', async (literal, json) => {
  expect(await arrivals('', literal, literal, '{}')).toEqual(twice(json));
});

test.each([
  '{"__proto__":{"a":1},"constructor":{"prototype":2},"toString":3,"toJSON":4,"then":5,"hasOwnProperty":6}',
  '{"__proto__":12345678901234567890}',
  '{"rawJSON":"1"}',
  '{"":{"":[]}," ":"\\u2028"}'.replace('\\u2028', '\u2028'),
])('sends the variable %s unchanged', async (json) => {
  expect(await arrivals('($m: JSONObject)', '$m', '$m', `{"m": ${json}}`)).toEqual(twice(json));
});

test('uses the last value of a duplicate key, also for long numbers', async () => {
  const json = '{"m": {"a": 12345678901234567890, "a": 1, "b": 1, "b": 98765432109876543210}}';
  expect(await arrivals('($m: JSONObject)', '$m', '$m', json)).toEqual(
    twice('{"a":1,"b":98765432109876543210}'),
  );
});

// graphql-jit passes such a literal without the values of the variables.
test('replaces variables in a literal; a missing one is omitted from an object and null in a list', async () => {
  const declaration = '($text: String, $int: Int, $object: JSONObject, $none: String, $id: ID)';
  const literal = '{ text: $text, deep: { list: [$int, $none, { object: $object }] }, none: $none, id: $id }';
  const variables =
    '{"text": "a", "int": 3, "object": {"n": 12345678901234567890}, "id": 12345678901234567890}';
  const json =
    '{"text":"a","deep":{"list":[3,null,{"object":{"n":12345678901234567890}}]},"id":"12345678901234567890"}';
  expect(await arrivals(declaration, literal, literal, variables)).toEqual(twice(json));
});

/** Nests `innermost` in this many levels, each written by `level`. */
function nested(levels: number, innermost: string, level = (inner: string) => `{"a":${inner}}`): string {
  return levels === 0 ? innermost : level(nested(levels - 1, innermost, level));
}

describe('nesting', () => {
  const asList = (inner: string) => `[${inner}]`;
  test.each([
    ['100 objects', nested(100, '1')],
    ['an object of 99 lists', nested(1, nested(99, '1', asList))],
  ])('accepts %s', async (_title, json) => {
    const literal = json.replaceAll('"', '');
    expect(await arrivals('($m: JSONObject)', '$m', '$m', `{"m": ${json}}`)).toEqual(twice(json));
    expect(await arrivals('', literal, literal, '{}')).toEqual(twice(json));
  });

  // An exact number is represented by an object, which must not count as a level.
  test.each([
    ['100 objects', nested(100, '12345678901234567890')],
    ['an object of 99 lists', nested(1, nested(99, '12345678901234567890', asList))],
  ])('accepts %s with an exact number inside', async (_title, json) => {
    expect(await arrivals('($m: JSONObject)', '$m', '$m', `{"m": ${json}}`)).toEqual(twice(json));
  });

  test.each([
    ['101 objects', nested(101, '1')],
    ['101 objects with nothing inside', nested(100, '{}')],
    ['an object of 100 lists', nested(1, nested(100, '1', asList))],
    ['500 objects', nested(500, '1')],
  ])('rejects %s', async (_title, json) => {
    await expectRefused('$m', `{"m": ${json}}`);
    await expectRefused(json.replaceAll('"', ''), '{"m": {}}');
  });
});

describe.each(['[]', '[{}]', '"{}"', '1', '12345678901234567890', 'true', '1.5e400'])(
  'rejects %s, which is not a JSON object',
  (json) => {
    test('as a variable', () => expectRefused('$m', `{"m": ${json}}`));
    test('as a literal', () => expectRefused(json, '{"m": {}}'));
  },
);

test.each(['{ a: RED }', '{ a: [{ b: RED }] }', 'RED'])('rejects the enum value in %s', (literal) =>
  expectRefused(literal, '{"m": {}}'),
);

test('prints a rejected number as it was written', async () => {
  const { gateway } = await startStage();
  const query =
    'mutation ($m: JSONObject) { replyToConversation(input: { conversationId: 7, bodyJson: $m }) { __typename } }';
  const { text } = await post(gateway, query, '{"m": 12345678901234567890}');
  expect(text).not.toContain('rawJSON');
});

/** Expects an error, and that nothing is sent. */
async function expectRefused(bodyJson: string, variables: string): Promise<void> {
  const { gateway, upstream } = await startStage();
  const query = `mutation ($m: JSONObject) { replyToConversation(input: {
    conversationId: 7, bodyJson: ${bodyJson}, actions: [{ quickReply: { body: "A", metaData: $m } }]
  }) { __typename } }`;
  const { status, body } = await post(gateway, query, variables);
  expect(status).toBeLessThan(500);
  expect(body.data ?? null).toBeNull();
  expect(body.errors.length).toBeGreaterThan(0);
  expect(JSON.stringify(body.errors)).not.toContain('Unexpected error');
  expect(upstream.requests).toEqual([]);
  expect(gateway.errors).toEqual([]);
}
