/** How often a response can contain the parts that one field reads. */

import { type FieldNode, Kind, parse } from 'graphql';
import { expect, test } from 'vitest';
import { copiesOfRead } from '../../src/graphql/copy-count.ts';

/** The root fields of the operation are the nodes of one field; fragments follow it. */
function selection(document: string) {
  const { definitions } = parse(document);
  const fieldNodes: FieldNode[] = [];
  const fragments = Object.fromEntries(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  for (const node of definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const field of node.selectionSet.selections) if (field.kind === Kind.FIELD) fieldNodes.push(field);
  }
  return { fieldNodes, fragments };
}

test.each<[document: string, copies: number]>([
  ['{ parts { nodes { a b } } }', 1],
  ['{ parts { nodes { a b: a ...F } } } fragment F on P { c: a }', 3],
  ['{ parts { nodes { a } } parts { nodes { b: a } edges { node { a } } } }', 3],
])('%s contains each part %i times, also if it is computed again', (document, copies) => {
  const selected = selection(document);
  expect([copiesOfRead(selected), copiesOfRead(selected)]).toEqual([copies, copies]);
});
