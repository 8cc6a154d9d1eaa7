/** Pages of a conversation's parts: their parameters, their parts, and the positions of the pages before and after. */
import { digitsOf } from '../exact-json.ts';
import { type FormParameters, isId } from './form/form-parameters.ts';

/** A valid request for a page, with the defaults filled in. */
export interface PageRequest {
  /** The id of a part, which need not exist; null if the page begins at an end of the conversation. */
  position: bigint | null;
  count: number;
  /** `before` selects ids below the position, `after` ids above it. */
  direction: string;
  /** Whether the part at the position belongs to the page. */
  isIncluding: boolean;
  pageOrder: string;
}

/** A page, and the positions of the pages before and after it; null if that direction has no more parts. */
interface PartsPage<Part> {
  parts: Part[];
  nextBefore: string | null;
  nextAfter: string | null;
}

/** Reads the `paginate_…` parameters; what is wrong with them is in `parameters.problems`. */
export function readPageRequest(parameters: FormParameters): PageRequest {
  const isCount = (text: string) => /^(?:[1-9]|[1-4]\d|50)$/.test(text);
  const isDirection = (text: string) => ['before', 'after', 'around'].includes(text);
  const isOrder = (text: string) => text === 'desc' || text === 'asc';
  return {
    position: readPosition(parameters),
    count: Number(parameters.valid('paginate_count', isCount, 'an integer from 1 to 50') ?? 20),
    direction: parameters.valid('paginate_direction', isDirection, 'before, after or around') ?? 'before',
    isIncluding: parameters.isTrue('paginate_including'),
    pageOrder: parameters.valid('paginate_page_order', isOrder, 'desc or asc') ?? 'desc',
  };
}

/** Of one element here; methods that are sorted by time have two. */
function readPosition(parameters: FormParameters): bigint | null {
  if (!parameters.has('paginate_position')) return null;
  const position = parameters.json('paginate_position');
  if (Array.isArray(position) && position.length === 1) {
    const digits = digitsOf(position[0]);
    if (isId(digits)) return BigInt(digits);
  }
  parameters.reject('paginate_position', 'a JSON array with the id of a part');
  return null;
}

/** Selects the page from all parts, which are sorted by id, oldest first. */
export function selectPage<Part extends { readonly id: string }>(
  all: readonly Part[],
  { position, count, direction, isIncluding, pageOrder }: PageRequest,
): PartsPage<Part> {
  const isBefore = direction === 'before';
  const candidates = all.filter(({ id }) => {
    if (position === null) return true;
    if (BigInt(id) === position) return isIncluding;
    return BigInt(id) < position === isBefore;
  });
  const page = isBefore ? candidates.slice(-count) : candidates.slice(0, count);
  const oldest = page.at(0)?.id ?? position;
  const newest = page.at(-1)?.id ?? position;
  const hasBefore = oldest !== null && all.some(({ id }) => BigInt(id) < BigInt(oldest));
  const hasAfter = newest !== null && all.some(({ id }) => BigInt(id) > BigInt(newest));
  return {
    parts: pageOrder === 'desc' ? page.toReversed() : page,
    nextBefore: hasBefore ? String(oldest) : null,
    nextAfter: hasAfter ? String(newest) : null,
  };
}
