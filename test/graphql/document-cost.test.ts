/** The cost of a document: each fragment counts as often as it is used. */

import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { type DocumentMeasures, measureDocument } from '../../src/graphql/document-cost.ts';

const reply = (alias: string) => `${alias}: replyToConversation { a }`;

test.each<[document: string, depth: number, aliases: number, replies: number]>([
  ['{ a }', 1, 0, 0],
  ['{ a { b { c } d } }', 3, 0, 0],
  ['{ ... { ... on Query { a } } }', 1, 0, 0],
  ['{ a: __typename b: a { c: __typename } }', 2, 3, 0],
  ['{ a { ...F } } fragment F on T { b { ...G } } fragment G on T { c }', 3, 0, 0],
  ['{ a { ...F } ...F } fragment F on T { x: b y: b }', 2, 4, 0],
  ['{ ...F ...F } fragment F on T { ...G ...G } fragment G on T { x: a }', 1, 4, 0],
  ['fragment F on T { ...G } fragment G on T { x: a { b } } { ...F }', 2, 1, 0],
  ['fragment F on T { x: a { b { c } } } { a }', 1, 0, 0],
  ['{ a { b ...Missing } }', 2, 0, 0],
  ['mutation { replyToConversation }', 1, 0, 1],
  [`mutation { replyToConversation { a } ${reply('a')} ${reply('b')} }`, 2, 2, 3],
  [`mutation { ${reply('a')} ${reply('a')} }`, 2, 2, 1],
  [
    `mutation { ...F ... { ${reply('b')} } } fragment F on M { ${reply('a')} ...G } fragment G on M { ${reply('c')} }`,
    2,
    3,
    3,
  ],
  [`mutation { ${reply('a')} a2: ${reply('b').slice(3)} }`, 2, 2, 2],
  [`mutation { ... @skip(if: true) { ${reply('a')} } b: replyToConversation @include(if: false) }`, 2, 2, 2],
  [
    `mutation { ${reply('a')} } mutation B { ${reply('a')} ${reply('b')} } query C { a { b { c } } }`,
    3,
    2,
    2,
  ],
  ['mutation { replyToConversationLater x: reply }', 1, 1, 0],
])('%s has %i levels, %i aliases and %i replies', (document, depth, aliases, replies) => {
  expect(measureDocument(parse(document))).toEqual<DocumentMeasures>({
    depth,
    merged: expect.any(Number),
    aliases,
    aliasLength: expect.any(Number),
    replies,
    reads: 0,
    variableUses: 0,
  });
});

test.each<[document: string, uses: number]>([
  ['query ($a: A) { a }', 0],
  ['query ($a: A = { b: 1 }) { a(b: 1, c: "$a") }', 0],
  ['query ($a: A) { a(b: $a) }', 1],
  ['query ($a: A) { a(b: $a, c: [$a, { d: $a, e: [[$a]] }]) }', 4],
  ['query ($a: A) { a(b: $a) { c(d: $a) { e(f: $a) } } }', 3],
  ['query ($a: A, $b: B) { a(b: $a, c: $b) d(b: $a) }', 2],
  ['query ($a: A) { a: x(b: $a) ... { b: x(b: $a) ... on Q { c: x(b: $a) } } }', 3],
  ['query ($a: A) { ...F ...F } fragment F on Q { x(b: $a) ...G } fragment G on Q { y(b: $a) }', 4],
  ['query A($a: A) { x(b: $a) ...F } query B($a: A) { ...F } fragment F on Q { x(b: $a) }', 2],
  ['{ a } fragment F on Q { x(b: $a, c: $a) }', 0],
  ['query ($a: Boolean!) { a @skip(if: $a) b @include(if: $a) ...F @skip(if: $a) } fragment F on Q { c }', 0],
])('%s uses a variable %i times in arguments', (document, uses) => {
  expect(measureDocument(parse(document)).variableUses).toBe(uses);
});

test.each<[document: string, merged: number]>([
  ['{ a b: a }', 1],
  ['{ a a b: a a }', 3],
  ['{ b: a a: b a }', 2],
  ['{ a { b b } a { b } }', 2],
  ['{ a ... { a } ... on Query { a ... { a } } }', 4],
  ['{ a ...F ...F } fragment F on Query { a ...G } fragment G on Query { a }', 3],
  ['{ a ...F ...G } fragment F on Query { a ...G } fragment G on Query { a }', 4],
])('%s merges %i selections into one field', (document, merged) => {
  expect(measureDocument(parse(document)).merged).toBe(merged);
});

test.each([
  'query { ...A } fragment A on Query { a ...A }',
  'query { ...A } fragment A on Query { ...B } fragment B on Query { a { ...A } }',
  'fragment A on Query { ...A }',
])('terminates for the cyclic fragments of %s', (document) => {
  expect(measureDocument(parse(document)).depth).toBeLessThan(5);
});

// Visiting each use would never end.
test('visits each fragment of a chain of 300 that use the next one twice only once', () => {
  const links = Array.from({ length: 300 }, (_, i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`);
  const document = parse(`{ ...F0 } ${links.join(' ')} fragment F300 on T { a { x: b(c: $v) } }`);
  expect(measureDocument(document)).toEqual<DocumentMeasures>({
    depth: 2,
    merged: 1,
    aliases: 2 ** 300,
    aliasLength: 1,
    replies: 0,
    reads: 0,
    variableUses: 2 ** 300,
  });
});

const read = (alias: string, inside = 'a') => `${alias}: parts { ${inside} }`;

test.each<[document: string, reads: number]>([
  ['{ conversation { id } }', 0],
  ['{ conversation { parts { a } } }', 1],
  ['{ conversation { parts { a } parts { b } } }', 2],
  [`{ a: conversation { ${read('x')} ${read('y')} } b: conversation { ${read('x')} } }`, 3],
  [`{ a: conversation { ...F } b: conversation { ...F } } fragment F on Conversation { ${read('x')} }`, 2],
  [`{ _entities { ... on Conversation { ${read('x')} ... { ${read('y')} } } } }`, 2],
  ['mutation { replyToConversation { p { conversation { parts { a } } } } }', 1],
  ['{ conversation { parts { nodes { conversation { parts { a } } } } } }', 51],
  [`{ conversation { parts { ...F } } } fragment F on C { n { ${read('x')} } }`, 51],
  ['query A { c { parts { a } } } query B { c { parts { a } x: parts { a } } }', 2],
])('%s has %i reads', (document, reads) => {
  expect(measureDocument(parse(document)).reads).toBe(reads);
});

test.each<[document: string, length: number]>([
  ['{ a }', 0],
  ['{ abc: a { abcde: b } ab: c }', 5],
  ['{ a { ...F } } fragment F on T { ... { abcd: b } }', 4],
])('the longest alias of %s has %i characters', (document, length) => {
  expect(measureDocument(parse(document)).aliasLength).toBe(length);
});
