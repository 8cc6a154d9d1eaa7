/** Computes how large the response to an operation can be, in copies of the data that it contains. */

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { replyFields, variablesIn } from './document-cost.ts';

export interface AnswerMeasures {
  /** The fields of the root type. */
  readonly rootFields: ReadonlySet<string>;
  /** How often the response can contain any one byte of the request, because the responses of Dashly echo it. */
  readonly copies: number;
  /** How often the response can contain any one part of the schema. */
  readonly introspections: number;
}

/** With more merged selections the response counts as infinite. Five replies that select everything have about 1,000. */
const maxSelections = 20_000;

/** Returns upper bounds: every condition counts as true, and every type as matching. The document must be valid. */
export function measureAnswer(
  { definitions }: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
): AnswerMeasures {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  let selections = 0;

  /** Groups the nodes that are merged into one field of the response. */
  function mergeFields(selectionSets: readonly SelectionSetNode[]): Iterable<readonly FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const visited = new Set<string>();
    const collect = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        selections++;
        if (selection.kind === Kind.FIELD) {
          const name = selection.name.value;
          const key = `${selection.alias?.value ?? name} ${name}`;
          const nodes = fields.get(key);
          if (nodes) nodes.push(selection);
          else fields.set(key, [selection]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
        else if (!visited.has(selection.name.value)) {
          visited.add(selection.name.value);
          const fragment = fragments.get(selection.name.value);
          if (fragment) collect(fragment.selectionSet);
        }
      }
    };
    for (const set of selectionSets) collect(set);
    return fields.values();
  }

  /** Counts the copies in one value: its fields contain different bytes, but each alias of a field repeats the bytes of that field. */
  function copiesBelow(nodes: readonly FieldNode[]): number {
    const selectionSets = nodes.flatMap((node) => node.selectionSet ?? []);
    if (selectionSets.length === 0) return 1;
    const copiesByName = new Map<string, number>();
    for (const merged of mergeFields(selectionSets)) {
      if (selections > maxSelections) return Number.POSITIVE_INFINITY;
      const name = merged[0]?.name.value ?? '';
      copiesByName.set(name, (copiesByName.get(name) ?? 0) + copiesBelow(merged));
    }
    return Math.max(...copiesByName.values());
  }

  const rootFields = new Set<string>();
  let copies = 0;
  let introspections = 0;
  for (const nodes of mergeFields([selectionSet])) {
    const [node] = nodes;
    if (!node) continue;
    const name = node.name.value;
    rootFields.add(name);
    if (replyFields.has(name)) copies += copiesBelow(nodes) * usesOfOneVariable(node);
    if (name === '__schema' || name === '__type') introspections += copiesBelow(nodes);
  }
  return { rootFields, copies, introspections };
}

/** Counts the uses of the variable that the arguments of a field use most. The reply that is sent contains its value as often. */
function usesOfOneVariable(node: FieldNode): number {
  const uses = new Map<string, number>();
  for (const name of variablesIn(node)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return Math.max(1, ...uses.values());
}
