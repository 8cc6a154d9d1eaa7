/** The `info` argument of resolvers while a plan runs. */

import type {
  FieldNode,
  GraphQLError,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import { type Conditions, hold } from './conditions.ts';
import type { Variables } from './variables.ts';

/** A field of an operation, on one type. */
export interface FieldPlan {
  /** Its name in the response. */
  readonly key: string;
  /** The field is included if these hold. */
  readonly conditions: Conditions;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  /** The conditions of each node, if some nodes have more conditions than the field. */
  readonly nodeConditions: readonly Conditions[] | null;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  /** The variables that are its arguments; null if it has none, or if an argument is missing or not a variable. */
  readonly variableArguments: readonly VariableArgument[] | null;
  readonly complete: Complete;
}

export interface VariableArgument {
  readonly name: string;
  readonly variable: string;
}

/** Converts the result of a resolver to a part of the response, or to a promise of it. @throws if that fails. */
export type Complete = (value: unknown, info: FieldInfo) => unknown;

/** One execution of a plan. */
export interface Run {
  readonly schema: GraphQLSchema;
  readonly fragments: GraphQLResolveInfo['fragments'];
  readonly operation: OperationDefinitionNode;
  readonly context: unknown;
  readonly variables: Variables;
  readonly errors: CollectedErrors;
}

/** Computes its properties on access, since most resolvers only read a property of their source. Do not copy it with a spread. */
export class FieldInfo implements GraphQLResolveInfo {
  readonly run: Run;
  readonly field: FieldPlan;
  /** Of the field, or the list item, that this one belongs to. */
  readonly parent: FieldInfo | null;
  /** For an item of a list. */
  readonly #index: number | null;

  constructor(run: Run, field: FieldPlan, parent: FieldInfo | null, index: number | null) {
    this.run = run;
    this.field = field;
    this.parent = parent;
    this.#index = index;
  }

  get path(): GraphQLResolveInfo['path'] {
    const prev = this.parent?.path;
    if (this.#index !== null) return { prev, key: this.#index, typename: undefined };
    return { prev, key: this.field.key, typename: this.field.parentType.name };
  }

  get fieldName(): string {
    return this.field.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    const { nodes, nodeConditions } = this.field;
    if (!nodeConditions) return nodes;
    return nodes.filter((_node, index) => hold(nodeConditions[index] ?? [], this.run.variables));
  }

  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.field.definition.type;
  }

  get parentType(): GraphQLResolveInfo['parentType'] {
    return this.field.parentType;
  }

  get schema(): GraphQLResolveInfo['schema'] {
    return this.run.schema;
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.run.fragments;
  }

  get rootValue(): undefined {
    return undefined;
  }

  get operation(): GraphQLResolveInfo['operation'] {
    return this.run.operation;
  }

  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.run.variables;
  }
}

/** The errors of one execution. */
export class CollectedErrors {
  readonly list: GraphQLError[] = [];
  #positions: Set<FieldInfo | null> | null = null;

  /** `position` becomes null in the response; null stands for the whole response. An error below an earlier null is dropped. */
  add(error: GraphQLError, position: FieldInfo | null): void {
    this.#positions ??= new Set();
    for (let at = position; at !== null; at = at.parent) if (this.#positions.has(at)) return;
    if (this.#positions.has(null)) return;
    this.#positions.add(position);
    this.list.push(error);
  }
}
