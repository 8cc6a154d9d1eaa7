/** Decides whether a successful response belongs to its request. */

import type { AnswerMatch } from '../conversation/sending/send-reply.ts';
import type { Connection } from './connections/connection.ts';
import { type Fields, readConversation, readFields, readId, readNumber } from './read-value.ts';

/** The fields of a reply that a response can repeat. */
export interface SentFields {
  readonly conversationId: string;
  readonly randomId: number;
  /** Whether the caller chose the number: then other replies may have the same one. */
  readonly isRandomIdChosen: boolean;
}

/**
 * A response proves nothing by its place on the connection: a server or proxy that answers twice shifts all later ones. A
 * `random_id` that the gateway drew is proof. With one that the caller chose, or without one (Dashly does not document that it is always
 * present), the conversation must be the right one or unreadable, and the part must not be that of one of the latest such replies on this
 * connection.
 */
export function matchAnswer(data: unknown, sent: SentFields, connection: Connection): AnswerMatch {
  const part = readFields(data);
  const echo = readNumber(part?.['random_id']) ?? 0;
  if (echo !== 0 && !isEcho(echo, sent.randomId)) return 'STRAY';
  if (echo !== 0 && !sent.isRandomIdChosen) return 'ECHOED';
  const match = echo === 0 ? 'NOT_ECHOED' : 'ECHOED';
  // An envelope of success is proof enough that the reply exists, even if its data is unreadable.
  if (!part) return match;
  const conversation = readConversation(part['conversation']);
  if (conversation !== null && conversation !== sent.conversationId) return 'STRAY';
  return isKnownPart(part, connection) ? 'STRAY' : match;
}

/** It is undocumented whether the number has a sign. */
function isEcho(echo: number, randomId: number): boolean {
  return echo === randomId || (randomId < 0 && echo === randomId + 2 ** 32);
}

/** A stray response arrives within milliseconds: before a few more replies are sent. */
const maxKnownParts = 16;

/** The ids of the latest parts on each connection. */
const knownParts = new WeakMap<Connection, string[]>();

/** Whether an earlier reply got the part, which is remembered otherwise. */
function isKnownPart(part: Fields, connection: Connection): boolean {
  const id = readId(part['id']);
  // Longer than an id of 64 bits, so it is not worth its memory.
  if (id === null || id.length > 20) return false;
  const known = knownParts.get(connection);
  if (known?.includes(id)) return true;
  if (!known) knownParts.set(connection, [id]);
  else if (known.push(id) > maxKnownParts) known.shift();
  return false;
}
