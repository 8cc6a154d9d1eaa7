/** Collects the fields that selections contain for one type, including fragments, with the conditions of each field. */

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
import { both, type Conditions, conditionsOf, NotPlannable, without } from './conditions.ts';

export interface CollectOptions {
  readonly schema: GraphQLSchema;
  readonly fragments: { readonly [name: string]: FragmentDefinitionNode };
  /** Called for each selection. */
  readonly count: () => void;
}

export interface ConditionalSelectionSet {
  readonly selectionSet: SelectionSetNode;
  readonly conditions: Conditions;
}

export interface ConditionalNode {
  readonly node: FieldNode;
  readonly conditions: Conditions;
}

/** The nodes with one response key, whose selections are merged. The field is included if the conditions of the first node hold. */
export type ConditionalNodes = readonly [ConditionalNode, ...ConditionalNode[]];

/**
 * Returns the fields in the order of the response: that of the first included node of each key.
 *
 * @throws NotPlannable if this order depends on variables.
 */
export function collectFields(
  { schema, fragments, count }: CollectOptions,
  type: GraphQLObjectType,
  selectionSets: readonly ConditionalSelectionSet[],
): ReadonlyMap<string, ConditionalNodes> {
  const fields = new Map<string, [ConditionalNode, ...ConditionalNode[]]>();
  const spreads = new Map<string, Conditions>();

  function applies(condition: NamedTypeNode | undefined): boolean {
    const conditionType = condition && typeFromAST(schema, condition);
    if (!conditionType || conditionType === type) return true;
    return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
  }

  function collect({ selectionSet, conditions: outer }: ConditionalSelectionSet): void {
    for (const selection of selectionSet.selections) {
      count();
      const own = conditionsOf(selection);
      if (!own) continue;
      const conditions = both(outer, own);
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = fields.get(key);
        if (nodes) {
          mustFollow(nodes[0].conditions, conditions);
          nodes.push({ node: selection, conditions });
        } else fields.set(key, [{ node: selection, conditions }]);
        continue;
      }
      const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
      const fragment = isSpread ? fragments[selection.name.value] : selection;
      if (!fragment || !applies(fragment.typeCondition)) continue;
      if (isSpread) {
        const before = spreads.get(selection.name.value);
        // Spreading a fragment again adds nothing.
        if (before) {
          mustFollow(before, conditions);
          continue;
        }
        spreads.set(selection.name.value, conditions);
      }
      collect({ selectionSet: fragment.selectionSet, conditions });
    }
  }

  for (const selectionSet of selectionSets) collect(selectionSet);
  return fields;
}

/** The first of two selections must be included whenever the second is; otherwise the order of the response depends on variables. */
function mustFollow(first: Conditions, second: Conditions): void {
  if (without(first, second).length > 0) throw new NotPlannable();
}
