/** Finds files that no variable uses: they would be lost silently. */

import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { isPlainObject } from '../../conversation/exact-json.ts';
import { UploadedFile } from '../../graphql/scalars/uploaded-file.ts';

/** Whether one of the files is not at a path of type `Upload` in the variables of the operation. */
export function hasUnusedFile(
  files: readonly UploadedFile[],
  variables: { readonly [name: string]: unknown },
  { variableDefinitions = [] }: OperationDefinitionNode,
  schema: GraphQLSchema,
): boolean {
  const used = new Set<UploadedFile>();
  for (const { variable, type: typeNode } of variableDefinitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (isInputType(type) && Object.hasOwn(variables, name)) addFilesIn(variables[name], type, used);
  }
  return files.some((file) => !used.has(file));
}

function addFilesIn(value: unknown, type: GraphQLInputType, used: Set<UploadedFile>): void {
  if (isNonNullType(type)) addFilesIn(value, type.ofType, used);
  else if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const item of items) addFilesIn(item, type.ofType, used);
  } else if (isInputObjectType(type)) {
    if (!isPlainObject(value)) return;
    const fields = type.getFields();
    for (const [name, item] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field) addFilesIn(item, field.type, used);
    }
  } else if (type.name === 'Upload' && value instanceof UploadedFile) used.add(value);
}
