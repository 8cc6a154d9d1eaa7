/** Computes how large the response to an operation can be, in copies of the data that it contains. */

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { CopyCount } from './copy-count.ts';
import { readFields, replyFields, variablesIn } from './document-cost.ts';

export interface AnswerMeasures {
  /** How often the response can contain any one byte of the request, because the responses of Dashly echo it. */
  readonly copies: number;
  /** How often the response can contain any one byte of the parts that are read, as if all reads returned the same bytes. */
  readonly readCopies: number;
  /** How often the response can contain any one part of the schema. */
  readonly introspections: number;
}

/** Returns upper bounds: every condition counts as true, and every type as matching. The document must be valid. */
export function measureAnswer(
  { definitions }: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
): AnswerMeasures {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  }
  const measure = new CopyCount(fragments, readFields);
  let copies = 0;
  let readCopies = 0;
  let introspections = 0;
  for (const nodes of measure.mergeFields([selectionSet])) {
    const [node] = nodes;
    if (!node) continue;
    const name = node.name.value;
    readCopies += measure.readsBelow(nodes);
    if (replyFields.has(name)) copies += measure.copiesBelow(nodes) * usesOfOneVariable(node);
    if (name === '__schema' || name === '__type') introspections += measure.copiesBelow(nodes);
  }
  return { copies, readCopies, introspections };
}

/** Counts the uses of the variable that the arguments of a field use most. The reply that is sent contains its value as often. */
function usesOfOneVariable(node: FieldNode): number {
  const uses = new Map<string, number>();
  for (const name of variablesIn(node)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return Math.max(1, ...uses.values());
}
