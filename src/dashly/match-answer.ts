/** Decides whether a successful response belongs to its request. */

import type { AnswerMatch } from '../conversation/sending/send-reply.ts';
import type { Connection } from './connections/connection.ts';
import { type Fields, readConversation, readFields, readId, readNumber, readText } from './read-value.ts';

/** The fields of a reply that a response can repeat. */
export interface SentFields {
  readonly conversationId: string;
  readonly randomId: number;
  /** Whether the caller chose the number: then other replies may have the same one. */
  readonly isRandomIdChosen: boolean;
  readonly body: string | null;
}

/**
 * A response proves nothing by its place on the connection: a server or proxy that answers twice shifts all later ones. A
 * `random_id` that the gateway drew is proof. With one that the caller chose, or without one (Dashly does not document that it is always
 * present), the conversation must be the right one or unreadable, and a part with another body must not be one that another reply on this
 * connection got. So an answer that arrives twice is not detected if both replies have the same body.
 */
export function matchAnswer(data: unknown, sent: SentFields, connection: Connection): AnswerMatch {
  const part = readFields(data);
  const echo = readNumber(part?.['random_id']) ?? 0;
  if (echo !== 0 && !isEcho(echo, sent.randomId)) return 'STRAY';
  if (echo !== 0 && !sent.isRandomIdChosen) return 'PROVEN';
  const match = echo === 0 ? 'UNPROVEN' : 'PROVEN';
  // An envelope of success is proof enough that the reply exists, even if its data is unreadable.
  if (!part) return match;
  const conversation = readConversation(part['conversation']);
  if (conversation !== null && conversation !== sent.conversationId) return 'STRAY';
  return isKnownPart(part, sent, connection) ? 'STRAY' : match;
}

/** It is undocumented whether the number has a sign. */
function isEcho(echo: number, randomId: number): boolean {
  return echo === randomId || (randomId < 0 && echo === randomId + 2 ** 32);
}

/** A stray response arrives within milliseconds: before a few more replies are sent. */
const maxKnownParts = 16;

/** The ids of the latest parts on each connection, of replies whose body was returned unchanged. */
const knownParts = new WeakMap<Connection, string[]>();

/** Whether the part is that of an earlier reply, with another body. A new body alone proves nothing: Dashly may change it. */
function isKnownPart(part: Fields, { body }: SentFields, connection: Connection): boolean {
  const id = readId(part['id']);
  // Longer than an id of 64 bits, so it is not worth its memory.
  if (id === null || id.length > 20) return false;
  let known = knownParts.get(connection);
  if ((readText(part['body']) ?? '') !== (body ?? '')) return known?.includes(id) ?? false;
  if (!known) {
    known = [];
    knownParts.set(connection, known);
  }
  known.push(id);
  if (known.length > maxKnownParts) known.shift();
  return false;
}
