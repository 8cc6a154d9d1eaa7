/** What a resolver can learn of its field while a plan is executed, worked out when it asks. */

import type { GraphQLResolveInfo } from 'graphql';
import type { FieldPlan, Run } from './run-plan.ts';

/** Most resolvers only read a property of their source: what they never look at is not made. */
export class PlannedInfo implements GraphQLResolveInfo {
  readonly run: Run;
  readonly field: FieldPlan;
  /** Of the field, or of the item of a list, whose value this field belongs to; of the list itself for an item. */
  readonly #parent: PlannedInfo | null;
  /** For an item of a list. */
  readonly #index: number | null;

  constructor(run: Run, field: FieldPlan, parent: PlannedInfo | null, index: number | null) {
    this.run = run;
    this.field = field;
    this.#parent = parent;
    this.#index = index;
  }

  get path(): GraphQLResolveInfo['path'] {
    const prev = this.#parent?.path;
    if (this.#index !== null) return { prev, key: this.#index, typename: undefined };
    return { prev, key: this.field.key, typename: this.field.parentType.name };
  }

  get fieldName(): string {
    return this.field.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.field.nodes;
  }

  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.field.definition.type;
  }

  get parentType(): GraphQLResolveInfo['parentType'] {
    return this.field.parentType;
  }

  get schema(): GraphQLResolveInfo['schema'] {
    return this.run.compilation.schema;
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.run.compilation.fragments;
  }

  get rootValue(): undefined {
    return undefined;
  }

  get operation(): GraphQLResolveInfo['operation'] {
    return this.run.compilation.operation;
  }

  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.run.variables;
  }
}
