/** Finds the upload paths of an operation: those of variables and input fields of the type `Upload`. */

import {
  type DocumentNode,
  type GraphQLInputType,
  GraphQLScalarType,
  GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

export interface UploadPath {
  /** The path, starting with the name of the variable, such as `input.attachment.file`. */
  readonly path: string;
  /** Whether the type is non-null. The input object around it may still be missing. */
  readonly isRequired: boolean;
  /** Whether the type is a list of files. */
  readonly isList: boolean;
}

/** The maximum nesting of input objects; deeper ones are ignored. */
const maxDepth = 6;

/** Used without introspection: only variables of the type `Upload` are found. */
const schemaOfUploads = new GraphQLSchema({ types: [new GraphQLScalarType({ name: 'Upload' })] });

/** Returns the paths in the order of the document and the schema. `schema` is null if introspection is off. */
export function uploadPaths(
  schema: GraphQLSchema | null,
  document: DocumentNode,
  operationName: string | null,
): readonly UploadPath[] {
  const variables = findOperation(document, operationName)?.variableDefinitions ?? [];
  return variables.flatMap(({ variable, type }) => {
    // While the user types, this can be the name of an output type.
    const known = typeFromAST(schema ?? schemaOfUploads, type) as GraphQLInputType | undefined;
    return known ? pathsIn(known, [variable.name.value], []) : [];
  });
}

/** Returns the operation with this name, or the first one if the name is null or outdated. */
export function findOperation(
  { definitions }: DocumentNode,
  name: string | null,
): OperationDefinitionNode | undefined {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.find((operation) => operation.name?.value === name) ?? operations[0];
}

/** `around` are the enclosing types: an input type may contain itself. */
function pathsIn(
  type: GraphQLInputType,
  path: readonly string[],
  around: readonly GraphQLInputType[],
): readonly UploadPath[] {
  const isRequired = isNonNullType(type);
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const isUploads = isUpload(getNullableType(nullable.ofType));
    return isUploads ? [{ path: path.join('.'), isRequired, isList: true }] : [];
  }
  if (isUpload(nullable)) return [{ path: path.join('.'), isRequired, isList: false }];
  if (!isInputObjectType(nullable) || around.includes(nullable) || around.length >= maxDepth) return [];
  const fields = Object.values(nullable.getFields());
  return fields.flatMap((field) => pathsIn(field.type, [...path, field.name], [...around, nullable]));
}

function isUpload(type: GraphQLInputType): boolean {
  return 'name' in type && type.name === 'Upload';
}
