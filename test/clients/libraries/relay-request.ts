/** Compiles a document without named fragments as Relay's compiler would. */

import {
  type DocumentNode,
  type GraphQLCompositeType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { ConcreteRequest } from 'relay-runtime';
import { schema } from '../../../src/graphql/schema.ts';

type Selection = Readonly<Record<string, unknown>>;

export function relayRequest(document: DocumentNode): ConcreteRequest {
  const operation = document.definitions.find((it) => it.kind === Kind.OPERATION_DEFINITION);
  const mutation = schema.getMutationType();
  const name = operation?.name?.value;
  if (!operation || !mutation || !name) throw new Error('Not a mutation with a name.');
  const argumentDefinitions = operation.variableDefinitions?.map(({ variable }) => ({
    defaultValue: null,
    kind: 'LocalArgument',
    name: variable.name.value,
  }));
  const selections = selectionsOf(operation.selectionSet, mutation);
  const text = print(withAbstractKeys(document));
  const request = {
    kind: 'Request',
    operation: { kind: 'Operation', name, argumentDefinitions, selections },
    fragment: {
      ...{ kind: 'Fragment', name, argumentDefinitions, selections },
      ...{ type: mutation.name, metadata: null, abstractKey: null },
    },
    params: { id: null, cacheID: text, text, name, operationKind: 'mutation', metadata: {} },
  };
  return request as unknown as ConcreteRequest;
}

/** Relay uses this field to recognize members of an abstract type, even members of later versions. */
const abstractKeyOf = (type: string): string => `__is${type}`;

function withAbstractKeys(document: DocumentNode): DocumentNode {
  return visit(document, {
    InlineFragment(node) {
      const type = node.typeCondition?.name.value ?? '';
      if (!isAbstractType(schema.getType(type))) return undefined;
      const key: SelectionNode = {
        kind: Kind.FIELD,
        alias: { kind: Kind.NAME, value: abstractKeyOf(type) },
        name: { kind: Kind.NAME, value: '__typename' },
      };
      const selections = [key, ...node.selectionSet.selections];
      return { ...node, selectionSet: { ...node.selectionSet, selections } };
    },
  });
}

function selectionsOf({ selections }: SelectionSetNode, parent: GraphQLCompositeType): Selection[] {
  return selections.flatMap((node): Selection[] => {
    if (node.kind === Kind.FRAGMENT_SPREAD) throw new Error('A document with named fragments.');
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const type = schema.getType(node.typeCondition?.name.value ?? parent.name);
      if (!isCompositeType(type)) throw new Error('A fragment on no such type.');
      const abstractKey = isAbstractType(type) ? abstractKeyOf(type.name) : null;
      const selections = selectionsOf(node.selectionSet, type);
      return [{ kind: 'InlineFragment', type: type.name, selections, abstractKey }];
    }
    const shared = { alias: node.alias?.value ?? null, args: null, name: node.name.value, storageKey: null };
    if (!node.selectionSet) return [{ kind: 'ScalarField', ...shared }];
    const hasFields = isObjectType(parent) || isInterfaceType(parent);
    const type = hasFields ? parent.getFields()[node.name.value]?.type : undefined;
    const named = getNamedType(type);
    if (!isCompositeType(named)) throw new Error(`${parent.name} has no such field.`);
    const concreteType = isAbstractType(named) ? null : named.name;
    const plural = isListType(getNullableType(type));
    const inner = selectionsOf(node.selectionSet, named);
    return [{ kind: 'LinkedField', ...shared, concreteType, plural, selections: inner }];
  });
}
