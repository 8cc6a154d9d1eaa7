/** The size of a response: every condition counts as true and every type as matching. */

import { getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';
import { measureAnswer } from '../../src/graphql/answer-size.ts';

function measure(query: string, operationName?: string) {
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('The document has no such operation.');
  const { copies, readCopies, introspections } = measureAnswer(document, operation);
  return { copies, readCopies, introspections };
}

const r = 'replyToConversation';

test.each<[query: string, copies: number]>([
  ['{ a { b c: b d: b } }', 0],
  [`mutation { ${r} { a } }`, 1],
  [`mutation { ${r} { a b c { d e { f } } g { d } } }`, 1],
  [`mutation { ${r} { a x: a y: a b z: b } }`, 3],
  [`mutation { ${r} { a a a } ${r} { a } }`, 1],
  [`mutation { ${r} { p { a } p { a x: a } ...F } } fragment F on T { p { x: a y: a } }`, 3],
  [`mutation { ${r} { p { a x: a } q: p { a } } }`, 3],
  [`mutation { ${r} { ... on A { x: a } ... on B { y: a @skip(if: true) } } }`, 2],
  [`mutation { ${r} { ...F ...F } } fragment F on T { a b: a }`, 2],
  [`mutation { ${r} { a } x: ${r} { a b: a } y: ${r} { c { d e: d f: d } } }`, 6],
  [`mutation { ...M } fragment M on Mutation { ${r} { a } ... { x: ${r} { a } } }`, 2],
  [`mutation ($v: J) { ${r}(input: { a: $v }) { a } }`, 1],
  [`mutation ($v: J, $w: J) { ${r}(input: { a: [$v, $w, $v, { b: $v }] }) { a } }`, 3],
  [`mutation ($v: J) { ${r}(input: { a: [$v, $v] }) { a b: a } x: ${r}(input: $v) { a } }`, 5],
])('%s has %i copies', (query, copies) => {
  expect(measure(query)).toEqual({ copies, readCopies: 0, introspections: 0 });
});

test.each<[query: string, introspections: number]>([
  ['{ __schema { types { name } } }', 1],
  ['{ __schema { types { name fields { name } } directives { name } } }', 1],
  ['{ __schema { types { name } } a: __schema { types { name } } }', 2],
  ['{ __schema { types { name } } __type(name: "A") { name } b: __type(name: "B") { name } }', 3],
  ['{ __schema { a: types { name } b: types { name } } }', 2],
  ['{ __schema { types { a: fields { name } fields { name x: name } } } }', 3],
  [
    '{ __schema { types { ...T } } } fragment T on __Type { a: name b: name ...U } fragment U on __Type { c: name }',
    3,
  ],
  [getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true }), 1],
])('%s selects the schema %i times', (query, introspections) => {
  expect(measure(query)).toEqual({ copies: 0, readCopies: 0, introspections });
});

test('measures each operation separately', () => {
  const query = `mutation A { ${r} { ...F } } mutation B { x: ${r} { ...F } y: ${r} { ...F } } fragment F on T { a b: a }`;
  expect([measure(query, 'A').copies, measure(query, 'B').copies]).toEqual([2, 4]);
});

// Counting them all would never end.
test('returns infinity for a chain of 100 fragments that use the next one under two names', () => {
  const links = Array.from(
    { length: 100 },
    (_, index) => `fragment F${index} on T { a { ...F${index + 1} } b { ...F${index + 1} } }`,
  );
  const { copies } = measure(`mutation { ${r} { ...F0 } } ${links.join(' ')} fragment F100 on T { c }`);
  expect(copies).toBe(Number.POSITIVE_INFINITY);
});

test.each<[query: string, readCopies: number, copies: number]>([
  ['{ conversation { id } }', 0, 0],
  ['{ conversation { parts { nodes { a b } } } }', 1, 0],
  ['{ conversation { parts { edges { cursor node { a b } } pageInfo { endCursor } } } }', 1, 0],
  ['{ conversation { parts { edges { node { a } } nodes { a b: a } } } }', 3, 0],
  ['{ conversation { parts { x: nodes { a } y: nodes { a } } } }', 2, 0],
  [
    '{ a: conversation { parts { nodes { a } } x: parts { nodes { a b: a } } } b: conversation { ...F } } fragment F on C { parts { nodes { a } } }',
    4,
    0,
  ],
  ['{ _entities { ... on Conversation { parts { nodes { a } } } } }', 1, 0],
  [`mutation { ${r} { p { a x: a conversation { parts { nodes { a x: a y: a } } } } } }`, 3, 2],
])('%s has %i copies of what is read', (query, readCopies, copies) => {
  expect(measure(query)).toEqual({ copies, readCopies, introspections: 0 });
});
