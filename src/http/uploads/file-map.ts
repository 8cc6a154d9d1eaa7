/** Parses the field `map` of a GraphQL multipart request, which assigns files to variables. */

import { BadRequest } from '../endpoint/errors.ts';

/** The path of a file in the variables, looked up: `container[key]`, which is null until the file is set. */
export interface FilePath {
  readonly container: Record<string, unknown>;
  readonly key: string;
}

const maxPathsPerFile = 10;
const maxPathLength = 200;

/**
 * Reads `{"0": ["variables.input.attachment.file"]}` and looks up each path in the operation.
 *
 * @throws BadRequest if it is malformed, has too many files or paths, or has a path that does not point to a null in the
 * variables.
 */
export function parseFileMap(
  text: string,
  operation: Record<string, unknown>,
  maxFiles: number,
): ReadonlyMap<string, readonly FilePath[]> {
  const entries = Object.entries(parseObject(text));
  if (entries.length > maxFiles) throw new BadRequest(`A request may have at most ${maxFiles} files.`, 413);
  const usedPaths = new Set<string>();
  return new Map(
    entries.map(([name, paths]) => {
      if (!Array.isArray(paths) || paths.length === 0 || paths.length > maxPathsPerFile) {
        throw new BadRequest(
          `The map's entry ${quote(name)} must be a list of 1 to ${maxPathsPerFile} paths.`,
        );
      }
      return [name, paths.map((path) => findPath(path, operation, usedPaths))];
    }),
  );
}

function parseObject(text: string): object {
  try {
    const map: unknown = JSON.parse(text);
    if (typeof map === 'object' && map !== null && !Array.isArray(map)) return map;
  } catch {
    // Invalid JSON: the error below.
  }
  throw new BadRequest('The field "map" must be a JSON object.');
}

function findPath(path: unknown, operation: Record<string, unknown>, usedPaths: Set<string>): FilePath {
  if (typeof path !== 'string' || path.length > maxPathLength) {
    throw new BadRequest(`A path in the map must be a string of at most ${maxPathLength} characters.`);
  }
  if (!path.startsWith('variables.'))
    throw new BadRequest(`The path ${quote(path)} is not in the variables.`);
  if (usedPaths.has(path)) throw new BadRequest(`The path ${quote(path)} is in the map twice.`);
  usedPaths.add(path);

  const keys = path.split('.');
  const key = keys.pop() ?? '';
  let container: unknown = operation;
  for (const step of keys) container = ownValue(container, step);
  if (!isContainer(container) || ownValue(container, key) !== null) {
    throw new BadRequest(`The path ${quote(path)} does not point to a null in the variables.`);
  }
  return { container, key };
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Own properties only: inherited ones, such as `constructor`, are not part of the JSON. */
function ownValue(container: unknown, key: string): unknown {
  return isContainer(container) && Object.hasOwn(container, key) ? container[key] : undefined;
}

/** Quotes a text for a message, on one line and shortened. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
