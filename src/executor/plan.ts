/** Plans an operation: the fields of each type, and how the value of each becomes a part of the response. */

import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import {
  type CollectOptions,
  type ConditionalNodes,
  type ConditionalSelectionSet,
  collectFields,
} from './collect-fields.ts';
import { completeAbstract, completeLeaf, completeList, completeNonNull, completeObject } from './complete.ts';
import { type Conditions, NotPlannable, noConditions, without } from './conditions.ts';
import type { Complete, FieldPlan, VariableArgument } from './field-info.ts';
import type { Plan } from './run.ts';

/** A larger operation is not planned. This bounds the time for planning and the memory of a plan. */
const maxSelections = 5_000;

export interface PlannedOperation extends Plan {
  /** The number of planned fields of all types. */
  readonly fieldCount: number;
  /** The variables in conditions. The plan is valid for executions in which each of them is a boolean. */
  readonly conditionVariables: readonly string[];
}

/** Plans an operation of a valid document. Returns null if graphql-js must execute it, for example for introspection. */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): PlannedOperation | null {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) return null;
  try {
    return new Planner(schema, document).plan(operation, rootType);
  } catch (error) {
    if (error instanceof NotPlannable) return null;
    throw error;
  }
}

class Planner {
  readonly #schema: GraphQLSchema;
  readonly #collectOptions: CollectOptions;
  readonly #conditionVariables = new Set<string>();
  #selections = 0;
  #fieldCount = 0;

  constructor(schema: GraphQLSchema, { definitions }: DocumentNode) {
    const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#schema = schema;
    this.#collectOptions = {
      schema,
      fragments: Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment])),
      count: () => {
        if (++this.#selections > maxSelections) throw new NotPlannable();
      },
    };
  }

  plan(operation: OperationDefinitionNode, rootType: GraphQLObjectType): PlannedOperation {
    const { selectionSet } = operation;
    const fields = this.#planFields(rootType, [{ selectionSet, conditions: noConditions }]);
    return {
      schema: this.#schema,
      fragments: this.#collectOptions.fragments,
      operation,
      fields,
      fieldCount: this.#fieldCount,
      conditionVariables: [...this.#conditionVariables],
    };
  }

  #planFields(
    type: GraphQLObjectType,
    selectionSets: readonly ConditionalSelectionSet[],
  ): readonly FieldPlan[] {
    const collected = collectFields(this.#collectOptions, type, selectionSets);
    return Array.from(collected, ([key, nodes]) => this.#planField(type, key, nodes));
  }

  #planField(type: GraphQLObjectType, key: string, nodes: ConditionalNodes): FieldPlan {
    const [{ node, conditions }] = nodes;
    const name = node.name.value;
    const definition = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name];
    if (!definition) throw new NotPlannable();
    this.#fieldCount++;
    const isUniform = nodes.every((it) => without(it.conditions, conditions).length === 0);
    for (const it of nodes) this.#addVariables(it.conditions);
    return {
      key,
      conditions,
      nodes: nodes.map((it) => it.node) as [FieldNode, ...FieldNode[]],
      nodeConditions: isUniform ? null : nodes.map((it) => it.conditions),
      definition,
      parentType: type,
      variableArguments: planArguments(definition, node),
      complete: this.#planValue(definition.type, nodes),
    };
  }

  #addVariables(conditions: Conditions): void {
    for (const { variable } of conditions) this.#conditionVariables.add(variable);
  }

  #planValue(type: GraphQLOutputType, nodes: ConditionalNodes): Complete {
    if (isLeafType(getNamedType(type))) return completeLeaf(type);
    if (isNonNullType(type)) return completeNonNull(this.#planValue(type.ofType, nodes));
    if (isListType(type)) return completeList(type.ofType, this.#planValue(type.ofType, nodes));
    const [{ conditions: known }] = nodes;
    const selectionSets = nodes.flatMap(({ node: { selectionSet }, conditions }) =>
      selectionSet ? { selectionSet, conditions: without(conditions, known) } : [],
    );
    if (isObjectType(type)) return completeObject(this.#planObject(type, selectionSets));
    if (!isAbstractType(type) || !type.resolveType) throw new NotPlannable();
    const possibleTypes = this.#schema.getPossibleTypes(type);
    const fieldsByType = new Map(
      possibleTypes.map((possible) => [possible.name, this.#planObject(possible, selectionSets)]),
    );
    return completeAbstract(type, type.resolveType, fieldsByType);
  }

  #planObject(
    type: GraphQLObjectType,
    selectionSets: readonly ConditionalSelectionSet[],
  ): readonly FieldPlan[] {
    if (type.isTypeOf) throw new NotPlannable();
    return this.#planFields(type, selectionSets);
  }
}

function planArguments(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): readonly VariableArgument[] | null {
  if (definition.args.length === 0) return null;
  const planned = (node.arguments ?? []).flatMap(({ name, value }) =>
    value.kind === Kind.VARIABLE ? { name: name.value, variable: value.name.value } : [],
  );
  // A missing argument may have a default value.
  return planned.length === definition.args.length ? planned : null;
}
