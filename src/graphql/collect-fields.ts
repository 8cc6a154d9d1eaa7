/** Gathers the fields that a selection asks of one type, through all fragments. */

import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import type { Variables } from './coerce-variables.ts';
import { isIncluded } from './is-included.ts';

export interface CollectOptions {
  readonly schema: GraphQLSchema;
  readonly fragments: { readonly [name: string]: FragmentDefinitionNode };
  readonly variables: Variables;
}

/** The nodes of one response name, whose selections count together. */
export type FieldNodes = readonly [FieldNode, ...FieldNode[]];

/** In the order of the answer. @throws GraphQLError where the condition of a `@skip` or `@include` is null. */
export function collectFields(
  { schema, fragments, variables }: CollectOptions,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, FieldNodes> {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  const visited = new Set<string>();

  function applies(condition: NamedTypeNode | undefined): boolean {
    const conditionType = condition && typeFromAST(schema, condition);
    if (!conditionType || conditionType === type) return true;
    return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
  }

  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (!isIncluded(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const nodes = fields.get(name);
        if (nodes) nodes.push(selection);
        else fields.set(name, [selection]);
        continue;
      }
      const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
      const fragment = isSpread ? fragments[selection.name.value] : selection;
      if (!fragment || (isSpread && visited.has(selection.name.value))) continue;
      if (isSpread) visited.add(selection.name.value);
      if (applies(fragment.typeCondition)) collect(fragment.selectionSet);
    }
  }

  for (const selectionSet of selectionSets) collect(selectionSet);
  return fields;
}
