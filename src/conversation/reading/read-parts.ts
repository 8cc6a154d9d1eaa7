/** The port to Dashly for reading: one page of the parts of a conversation. */

import type { Caller } from '../callers/caller.ts';
import type { AssignPart, ConversationPart, OptionalPartField } from '../part.ts';

/** The most parts that Dashly returns in a page. */
export const maxPartsPerPage = 50;

/** How many pages are read at a time, and looked up at a time. One operation reads no more, so that it cannot fill the queue. */
export const maxConcurrentReads = 4;

export interface ReadPartsRequest<AnyCaller extends Caller> {
  /** Dashly is called on its behalf. */
  readonly caller: AnyCaller;
  readonly conversationId: string;
  /** The id of the part that the page is next to, without that part; null for the end of the conversation. */
  readonly position: string | null;
  /** `before`: older parts, `after`: newer ones. */
  readonly direction: 'before' | 'after';
  /** 1 to `maxPartsPerPage`. */
  readonly count: number;
  /** The optional fields that the parts must contain. */
  readonly optionalFields: ReadonlySet<OptionalPartField>;
  /** Ends the read at any time: it changes nothing. */
  readonly signal: AbortSignal;
  /** For everything, also the wait for a connection. */
  readonly timeoutMs: number;
}

export interface PartsPage {
  readonly kind: 'page';
  /** In the order of the response. Those of the type `ASSIGNED` have an assignee. */
  readonly parts: readonly (ConversationPart | AssignPart)[];
  /** The position of the page with older parts; null if there is none. */
  readonly nextBefore: string | null;
  /** The position of the page with newer parts; null if there is none. */
  readonly nextAfter: string | null;
  /** The time of the response on the clock of Dashly, in seconds since the epoch; null if it is unknown. */
  readonly date: number | null;
}

export const readFailureCodes = [
  'NOT_AUTHENTICATED',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'TOO_MANY_REQUESTS',
  'UNAVAILABLE',
] as const;
export type ReadFailureCode = (typeof readFailureCodes)[number];

export interface ReadFailure {
  readonly kind: 'failure';
  readonly code: ReadFailureCode;
  /** For people to read; never text from Dashly. */
  readonly message: string;
  /** Only with `TOO_MANY_REQUESTS`, if it is known. */
  readonly retryAfterSeconds: number | null;
}

/**
 * Reads once. A page is whole or fails as `UNAVAILABLE`: also if one part cannot be read, or belongs to another conversation. A part of an
 * unknown type can be read. Rejects with `RequestAborted`; any other rejection is a bug.
 */
export type ReadParts<AnyCaller extends Caller> = (
  request: ReadPartsRequest<AnyCaller>,
) => Promise<PartsPage | ReadFailure>;
