/** Attaches files to an operation, according to the GraphQL multipart request specification (version 2). */

import type { UploadPath } from './upload-paths.ts';

export type Variables = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Variables;
}

/** The chosen files by upload path. */
export type ChosenFiles = ReadonlyMap<UploadPath, readonly File[]>;

/** Builds a form: the operation with null at the paths of the files, the map, and the files in the order of the map. */
export function attachFiles(operation: Operation, chosen: ChosenFiles): FormData {
  let variables = operation.variables ?? {};
  const parts: [path: string, file: File][] = [];
  for (const [{ path, isList }, files] of chosen) {
    variables = withValue(variables, path.split('.'), isList ? files.map(() => null) : null);
    for (const [index, file] of files.entries()) parts.push([isList ? `${path}.${index}` : path, file]);
  }
  const form = new FormData();
  form.append('operations', JSON.stringify({ ...operation, variables }));
  form.append(
    'map',
    JSON.stringify(Object.fromEntries(parts.map(([path], index) => [index, [`variables.${path}`]]))),
  );
  for (const [index, [, file]] of parts.entries()) form.append(String(index), file);
  return form;
}

/** Returns the required paths without a file. A path in an input object that is missing is not required. */
export function missingPaths(
  paths: readonly UploadPath[],
  variables: Variables,
  chosen: ChosenFiles,
): readonly UploadPath[] {
  return paths.filter((wanted) => {
    if (!wanted.isRequired || chosen.has(wanted)) return false;
    const names = wanted.path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce<unknown>((value, name) => (isObject(value) ? value[name] : null), variables);
    return isObject(parent) && (parent[last] ?? null) === null;
  });
}

/** Sets a value at a path. Copies the objects on the path, or creates them. */
function withValue(target: unknown, path: readonly string[], value: unknown): Variables {
  const [name = '', ...rest] = path;
  const object = isObject(target) ? target : {};
  return { ...object, [name]: rest.length === 0 ? value : withValue(object[name], rest, value) };
}

function isObject(value: unknown): value is Variables {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
