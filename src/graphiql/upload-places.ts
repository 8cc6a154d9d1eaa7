/** Where the variables of an operation take a file: wherever the type is `Upload`, however deep in the input. */

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

export interface UploadPlace {
  /** From the name of the variable on, such as `input.attachment.file`. */
  readonly path: string;
  /** Whether null is no value there. What it stands in may be left out all the same. */
  readonly isRequired: boolean;
  /** Whether it takes a list of files. */
  readonly isList: boolean;
}

/** Inputs in inputs; deeper ones are not looked into. */
const maxDepth = 6;

/** Without introspection only what a document says by itself is known: variables of the type `Upload`. */
const schemaOfUploads = new GraphQLSchema({ types: [new GraphQLScalarType({ name: 'Upload' })] });

/** In the order of the document and the schema; `schema` is null where the gateway does not tell. */
export function uploadPlaces(
  schema: GraphQLSchema | null,
  document: DocumentNode,
  operationName: string | null,
): readonly UploadPlace[] {
  const variables = findOperation(document, operationName)?.variableDefinitions ?? [];
  return variables.flatMap(({ variable, type }) => {
    // The name of an output type can stand here while somebody is still writing.
    const known = typeFromAST(schema ?? schemaOfUploads, type) as GraphQLInputType | undefined;
    return known ? placesIn(known, [variable.name.value], []) : [];
  });
}

/** The operation of that name; the first one where it has none, or the name is out of date. */
export function findOperation(
  { definitions }: DocumentNode,
  name: string | null,
): OperationDefinitionNode | undefined {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.find((operation) => operation.name?.value === name) ?? operations[0];
}

/** `around` are the types that the place is in: an input may have itself as a field. */
function placesIn(
  type: GraphQLInputType,
  path: readonly string[],
  around: readonly GraphQLInputType[],
): readonly UploadPlace[] {
  const isRequired = isNonNullType(type);
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const isUploads = isUpload(getNullableType(nullable.ofType));
    return isUploads ? [{ path: path.join('.'), isRequired, isList: true }] : [];
  }
  if (isUpload(nullable)) return [{ path: path.join('.'), isRequired, isList: false }];
  if (!isInputObjectType(nullable) || around.includes(nullable) || around.length >= maxDepth) return [];
  const fields = Object.values(nullable.getFields());
  return fields.flatMap((field) => placesIn(field.type, [...path, field.name], [...around, nullable]));
}

function isUpload(type: GraphQLInputType): boolean {
  return 'name' in type && type.name === 'Upload';
}
