/** A document is measured as if each fragment stood in the places where it is used. */

import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { type DocumentMeasures, measureDocument } from '../../src/graphql/measure-document.ts';

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
  expect(measureDocument(parse(document))).toEqual<DocumentMeasures>({ depth, aliases, replies });
});

test.each([
  'query { ...A } fragment A on Query { a ...A }',
  'query { ...A } fragment A on Query { ...B } fragment B on Query { a { ...A } }',
  'fragment A on Query { ...A }',
])('%s, which validation refuses, comes to an end', (document) => {
  expect(measureDocument(parse(document)).depth).toBeLessThan(5);
});

test('fragments that use each other twice, 300 times over, are counted at once', () => {
  const links = Array.from({ length: 300 }, (_, i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`);
  const document = parse(`{ ...F0 } ${links.join(' ')} fragment F300 on T { a { x: b } }`);
  const began = performance.now();
  expect(measureDocument(document)).toEqual({ depth: 2, aliases: 2 ** 300, replies: 0 });
  expect(performance.now() - began).toBeLessThan(2_000);
});
