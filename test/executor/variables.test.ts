/** Compiled variables are coerced as in graphql-js, or not at all. */

import { getOperationAST, getVariableValues, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createCompileVariables } from '../../src/executor/variables.ts';
import { schema } from '../../src/graphql/schema.ts';

const query = `mutation (
  $input: ReplyToConversationInput!, $from: ReplySenderInput, $type: ReplyType = NOTE, $id: ID! = 7, $number: Int
  $ids: [[ID!]], $flag: Boolean, $assign: AutoAssignInput = { adminId: 5 }
) { __typename }`;

/** The results of both for these variables. */
function coerceBoth(variables: Record<string, unknown>) {
  const operation = getOperationAST(parse(query));
  if (!operation) throw new Error('There is no operation.');
  const planned = createCompileVariables(schema)(operation)(variables);
  return {
    planned,
    asGraphql: getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced,
  };
}

const input = { conversationId: '1' };
const everything = {
  input: {
    conversationId: 1,
    from: { default: 'ADMIN' },
    type: null,
    body: '',
    bodyJson: { a: [1, { b: null }] },
    actions: [{ quickReply: { body: 'Yes', metaData: {} } }, { quickReply: { body: 'No' } }],
    autoAssign: { adminId: 5, randomId: -1 },
    attachment: null,
  },
  from: { userId: '2' },
  type: 'ARTICLE',
  id: '9',
  number: 3,
  ids: [['1', 2], null, []],
  flag: false,
  assign: null,
};

describe('as graphql-js', () => {
  test.each<[title: string, variables: Record<string, unknown>]>([
    ['everything', everything],
    ['required variables only', { input }],
    ['null for nullable variables', { input, from: null, type: null, number: null, ids: null, flag: null }],
  ])('%s', (_title, variables) => {
    const { planned, asGraphql } = coerceBoth(variables);
    expect(planned).not.toBeNull();
    expect(planned).toEqual(asGraphql);
    expect(Object.keys(planned ?? {})).toEqual(Object.keys(asGraphql ?? {}));
  });
});

test.each<[title: string, variables: Record<string, unknown>]>([
  ['a variable is missing', {}],
  ['a non-null variable is null', { input: null }],
  ['a field is missing', { input: {} }],
  ['a field is unknown', { input: { ...input, bodi: '' } }],
  ['a field is __proto__', JSON.parse('{"input": {"conversationId": "1", "__proto__": {}}}')],
  ['a field is undefined', { input: { ...input, body: undefined } }],
  ['two members of a one-of are given', { input, from: { userId: '1', adminId: '1' } }],
  ['no member of a one-of is given', { input, from: {} }],
  ['the member of a one-of is null', { input, from: { userId: null } }],
  ['an object is a list', { input: [] }],
  ['an object is a string', { input: 'x' }],
  ['a list is a single value', { input, ids: '1' }],
  ['an id is a fraction', { input: { conversationId: 1.5 } }],
  ['an id is an exact number', { input: { conversationId: JSON.rawJSON('12345678901234567890') } }],
  ['an enum value is unknown', { input, type: 'note' }],
  ['a number is a string', { input, number: '1' }],
  ['a file is a string', { input: { ...input, attachment: { file: 'note.txt' } } }],
])('not if %s', (_title, variables) => {
  expect(coerceBoth(variables).planned).toBeNull();
});

test('with any other value in any position', () => {
  const strange = [
    null,
    undefined,
    0,
    -1.5,
    2 ** 40,
    '',
    'ADMIN',
    true,
    [],
    [null],
    {},
    { adminId: '1' },
    { a: { b: 1 } },
  ];
  let planned = 0;
  /** Calls `use` with copies of `value` that have an unusual value in one position. */
  function withStrange(value: unknown, use: (changed: unknown) => void): void {
    for (const other of strange) use(other);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      withStrange(item, (changed) =>
        use(Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [key]: changed })),
      );
    }
  }
  withStrange(everything, (changed) => {
    if (typeof changed !== 'object' || changed === null || Array.isArray(changed)) return;
    const both = coerceBoth(changed as Record<string, unknown>);
    if (!both.planned) return;
    planned++;
    expect(both.planned).toEqual(both.asGraphql);
  });
  expect(planned).toBeGreaterThan(100);
});
