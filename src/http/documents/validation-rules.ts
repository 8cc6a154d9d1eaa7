/** The rules of graphql-js for documents, and those of this gateway. */

import { GraphQLError, NoSchemaIntrospectionCustomRule, specifiedRules, type ValidationRule } from 'graphql';

/** If introspection is disabled, the fields that return the schema are errors. */
export function validationRules(hasIntrospection: boolean): readonly ValidationRule[] {
  const rules = [...specifiedRules, knownOperationTypeRule];
  return hasIntrospection ? rules : [...rules, NoSchemaIntrospectionCustomRule, noServiceRule];
}

/** graphql-js reports this only at execution, when the status is 200. */
const knownOperationTypeRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `The schema has no ${node.operation} type; send a query or a mutation.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** This field returns the whole schema, for the composer of a federation router. */
const noServiceRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    const message = 'Introspection is disabled, so the field "_service" is not available.';
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});
