/** The numbers that tie a response, and a part of the conversation, to the reply that was sent. */

import type { ReplyDraft } from '../reply.ts';

export interface RandomIds {
  readonly reply: number;
  /** For the part of the assignment; null if the reply assigns no one. */
  readonly assignment: number | null;
}

/** Draws a number from 1 to 2^31-1: 0 is Dashly's default, and whether there is a sign is undocumented. */
export type DrawRandomId = () => number;

/** What the caller chose, even 0, else new numbers. They are not part of the draft: the same call twice must not be two inputs. */
export function chooseRandomIds({ randomId, autoAssign }: ReplyDraft, draw: DrawRandomId): RandomIds {
  return {
    reply: randomId ?? draw(),
    assignment: autoAssign && (autoAssign.randomId ?? draw()),
  };
}
