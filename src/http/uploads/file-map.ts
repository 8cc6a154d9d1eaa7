/** The field `map` of a GraphQL multipart request: which file belongs into which variables. */

import { BadRequest } from '../endpoint/errors.ts';

/** Where one file belongs: `container[key]`, which is null until the file is put there. */
export interface FilePlace {
  readonly container: Record<string, unknown>;
  readonly key: string;
}

const maxPlacesPerFile = 10;
const maxPathLength = 200;

/**
 * Reads `{"0": ["variables.input.attachment.file"]}` and looks up each path in the operation.
 *
 * @throws BadRequest where it is malformed, names too many files or places, or leads anywhere but to a null in the
 * variables.
 */
export function parseFileMap(
  text: string,
  operation: Record<string, unknown>,
  maxFiles: number,
): ReadonlyMap<string, readonly FilePlace[]> {
  const entries = Object.entries(parseObject(text));
  if (entries.length > maxFiles) throw new BadRequest(`A request takes at most ${maxFiles} files.`, 413);
  const taken = new Set<string>();
  return new Map(
    entries.map(([name, paths]) => {
      if (!Array.isArray(paths) || paths.length === 0 || paths.length > maxPlacesPerFile) {
        throw new BadRequest(
          `The map's entry ${quote(name)} is to be a list of 1 to ${maxPlacesPerFile} paths.`,
        );
      }
      return [name, paths.map((path) => findPlace(path, operation, taken))];
    }),
  );
}

function parseObject(text: string): object {
  try {
    const map: unknown = JSON.parse(text);
    if (typeof map === 'object' && map !== null && !Array.isArray(map)) return map;
  } catch {
    // Said below.
  }
  throw new BadRequest('The field "map" is to be a JSON object.');
}

function findPlace(path: unknown, operation: Record<string, unknown>, taken: Set<string>): FilePlace {
  if (typeof path !== 'string' || path.length > maxPathLength) {
    throw new BadRequest(`A path in the map is to be a text of at most ${maxPathLength} characters.`);
  }
  if (!path.startsWith('variables.'))
    throw new BadRequest(`The path ${quote(path)} leads out of the variables.`);
  if (taken.has(path)) throw new BadRequest(`The path ${quote(path)} stands in the map twice.`);
  taken.add(path);

  const keys = path.split('.');
  const key = keys.pop() ?? '';
  let container: unknown = operation;
  for (const step of keys) container = ownValue(container, step);
  if (!isContainer(container) || ownValue(container, key) !== null) {
    throw new BadRequest(`The path ${quote(path)} does not lead to a null in the variables.`);
  }
  return { container, key };
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Own properties only: what is inherited, such as `constructor`, is no part of the JSON. */
function ownValue(container: unknown, key: string): unknown {
  return isContainer(container) && Object.hasOwn(container, key) ? container[key] : undefined;
}

/** In quotes, on one line, and cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
