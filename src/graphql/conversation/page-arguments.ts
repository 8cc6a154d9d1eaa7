/** Reads the arguments of a connection as the Relay specification defines them. */

import type { PartRange } from '../../conversation/reading/read-conversation.ts';
import { maxPartsPerPage } from '../../conversation/reading/read-parts.ts';
import { badUserInput } from '../bad-user-input.ts';
import { decodeCursor } from './cursor.ts';

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** How many parts are read without `first` and `last`. */
export const defaultCount = 20;

/**
 * `after` and `before` limit the range, of which `first` or `last` selects one end; by default the last parts, or the first ones if only
 * `after` is given.
 *
 * @throws GraphQLError if an argument is invalid.
 */
export function readPageArguments({ first, after, last, before }: PageArguments): PartRange {
  if (first != null && last != null) {
    throw badUserInput('The arguments "first" and "last" exclude each other; use one of them.');
  }
  const end = first != null || (last == null && after != null && before == null) ? 'first' : 'last';
  return {
    end,
    count: readCount('first', first) ?? readCount('last', last) ?? defaultCount,
    after: readCursor('after', after),
    before: readCursor('before', before),
  };
}

function readCount(name: string, count: number | null | undefined): number | null {
  if (count == null) return null;
  if (count >= 1 && count <= maxPartsPerPage) return count;
  throw badUserInput(
    `The argument "${name}" must be an integer between 1 and ${maxPartsPerPage}, but is ${count}.`,
  );
}

function readCursor(name: string, cursor: string | null | undefined): string | null {
  if (cursor == null) return null;
  const id = decodeCursor(cursor);
  if (id !== null) return id;
  throw badUserInput(`The argument "${name}" must be a cursor of a part, as this gateway returns it.`);
}
