/** The use case: a caller reads a page of the parts of a conversation. */

import type { Caller } from '../callers/caller.ts';
import { type PartFilter, permitRead } from '../callers/caller-rights.ts';
import { type ObserveRateLimit, type RateLimit, reportState } from '../callers/rate-limit.ts';
import type { Deadline } from '../deadline.ts';
import type { AssignPart, ConversationPart, OptionalPartField } from '../part.ts';
import { RequestAborted } from '../request-aborted.ts';
import {
  maxPartsPerPage,
  type PartsPage,
  type ReadFailure,
  type ReadFailureCode,
  type ReadParts,
} from './read-parts.ts';

/** The parts between two others, or a part of them. */
export interface PartRange {
  /** From which end of the range the parts are: `first` are the oldest, `last` the newest. */
  readonly end: 'first' | 'last';
  /** 1 to `maxPartsPerPage`. */
  readonly count: number;
  /** The id of the part after which the range begins; null for the start of the conversation. */
  readonly after: string | null;
  /** The id of the part before which the range ends; null for the end of the conversation. */
  readonly before: string | null;
}

export interface ReadCommand {
  readonly conversationId: string;
  readonly range: PartRange;
  /** The optional fields that the parts must contain. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** Everything must end by then. */
  readonly deadline: Deadline;
  /** Counts the memory of parts for the response; false if it exceeds a limit. */
  readonly reserveMemory: (parts: ConversationPage['parts']) => boolean;
}

export interface ConversationPage {
  readonly kind: 'page';
  /** Oldest first. */
  readonly parts: readonly (ConversationPart | AssignPart)[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  /** The id of a part to read on from, in either direction; null if there is nothing to read from. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** `caller` is null if it has no credentials for Dashly. Rejects with `RequestAborted`; any other rejection is a bug. */
export type ReadConversation<AnyCaller extends Caller> = (
  caller: AnyCaller | null,
  command: ReadCommand,
  observeRateLimit: ObserveRateLimit,
) => Promise<ConversationPage | ReadFailure>;

export interface ReadConversationPorts<AnyCaller extends Caller> {
  readonly readParts: ReadParts<AnyCaller>;
  /** Counts reads, apart from replies. */
  readonly rateLimit: RateLimit;
  /** What a caller without credentials can do. */
  readonly adviceWithoutCaller: string;
}

/**
 * The maximum number of pages read for a caller who may not see all parts. If they contain fewer visible parts than requested, the result
 * is shorter or empty. Its cursors lead to the next pages, so a client that follows them reaches every part.
 */
const maxPages = 3;

/** Below every id of a part. Without a position Dashly begins at the end, whatever the direction. */
const startOfConversation = '1';

/** Reads what the caller may see; each call counts once for its rate limit. */
export function createReadConversation<AnyCaller extends Caller>(
  ports: ReadConversationPorts<AnyCaller>,
): ReadConversation<AnyCaller> {
  const { readParts, rateLimit, adviceWithoutCaller } = ports;

  return async (caller, command, observeRateLimit) => {
    if (caller === null) return failure('NOT_AUTHENTICATED', `Nothing was read. ${adviceWithoutCaller}`);
    const permit = permitRead(command.conversationId, caller.rights);
    if (permit.refusal !== undefined) return failure('PERMISSION_DENIED', permit.refusal);
    // A read that waited too long in the gateway, or whose client has disconnected, does not count.
    if (command.signal.aborted) throw new RequestAborted();
    if (command.deadline.hasPassed) return tooSlow;
    const count = await rateLimit(caller);
    reportState(count, true, observeRateLimit);
    if (!count.isWithinLimit) return rateLimitExceeded(count.state.resetSeconds);
    return walk(readParts, caller, command, permit.filter);
  };
}

/** Reads from one end of the range towards the other. */
async function walk<AnyCaller extends Caller>(
  readParts: ReadParts<AnyCaller>,
  caller: AnyCaller,
  { conversationId, range, optionalFields, signal, deadline, reserveMemory }: ReadCommand,
  filter: PartFilter | null,
): Promise<ConversationPage | ReadFailure> {
  const { count } = range;
  const isForward = range.end === 'first';
  const [start, stop] = isForward ? [range.after, range.before] : [range.before, range.after];
  const direction = isForward ? 'after' : 'before';
  const found: PartsPage['parts'][number][] = [];
  let hasBehind = false;
  let next: string | null = isForward ? (start ?? startOfConversation) : start;
  // Without a filter, a page of Dashly is the whole result.
  for (let pages = 1; pages <= (filter ? maxPages : 1); pages++) {
    const timeoutMs = deadline.remaining;
    if (timeoutMs <= 0) return tooSlow;
    const page = await readParts({
      caller,
      conversationId,
      position: next,
      direction,
      count: filter ? maxPartsPerPage : count,
      optionalFields,
      signal,
      timeoutMs,
    });
    if (page.kind === 'failure') return page;
    const [ahead, behind] = isForward ? [page.nextAfter, page.nextBefore] : [page.nextBefore, page.nextAfter];
    if (pages === 1) hasBehind = behind !== null;
    const inOrder = isForward ? page.parts.toReversed() : page.parts;
    const stopAt = stop === null ? -1 : inOrder.findIndex(({ id }) => id === stop);
    const inRange = stopAt === -1 ? inOrder : inOrder.slice(0, stopAt);
    const visible = filter ? inRange.filter(filter) : inRange;
    if (!reserveMemory(visible)) return tooLarge;
    found.push(...visible);
    next = stopAt === -1 ? ahead : null;
    if (next === null || found.length >= count) break;
  }
  const parts = found.slice(0, count);
  const hasAhead = found.length > count || next !== null;
  // Without a visible part, a client can only read on from a position.
  const nearest = parts.at(0)?.id ?? (hasAhead ? start : null);
  const furthest = parts.at(-1)?.id ?? next;
  return isForward
    ? { kind: 'page', parts, hasOlder: hasBehind, hasNewer: hasAhead, oldest: nearest, newest: furthest }
    : {
        kind: 'page',
        parts: parts.toReversed(),
        hasOlder: hasAhead,
        hasNewer: hasBehind,
        oldest: furthest,
        newest: nearest,
      };
}

function failure(
  code: ReadFailureCode,
  message: string,
  retryAfterSeconds: number | null = null,
): ReadFailure {
  return { kind: 'failure', code, message, retryAfterSeconds };
}

const tooSlow = failure('UNAVAILABLE', 'The conversation could not be read in time; retry later.');

/** Smaller reads may still fit into the memory limit. */
const tooLarge = failure(
  'UNAVAILABLE',
  'The response would be too large at the moment; select fewer parts, or fewer conversations.',
);

function rateLimitExceeded(seconds: number): ReadFailure {
  const message = `Nothing was read: the rate limit of this caller is exceeded; retry in ${seconds} seconds.`;
  return failure('TOO_MANY_REQUESTS', message, seconds);
}
