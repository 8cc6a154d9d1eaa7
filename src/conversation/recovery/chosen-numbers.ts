/** Remembers replies whose callers chose their random id: other replies may have the same one. */

import type { SentReference } from './find-reply.ts';

/** Without the draft, which may be large. */
interface ChosenReply {
  readonly id: SentReference['id'];
  readonly conversationId: string;
  readonly randomId: number;
  readonly sentAt: number;
  /** Whether its part is unknown and may exist. */
  readonly mayHavePart: boolean;
  /** Null while it is unknown, or if there is none. */
  readonly partId: string | null;
}

/** The latest replies of all callers. */
const maxReplies = 10_000;

/** The part of a reply is created within this time after sending began. */
const maxCreationMs = 120_000;

export class ChosenNumbers {
  readonly #replies: ChosenReply[] = [];

  /** Call this before the reply is sent. */
  begin(sent: SentReference): void {
    if (sent.draft.randomId !== null) this.#set(sent, true, null);
  }

  /** Call this when it is known which part the reply has; null if it has none. */
  end(sent: SentReference, partId: string | null): void {
    if (sent.draft.randomId !== null) this.#set(sent, false, partId);
  }

  /** Whether a part with the number of `sent` may be that of another reply. */
  mayBeOfOther({ id, draft, randomIds, sentAt }: SentReference, partId: string): boolean {
    return this.#replies.some(
      (other) =>
        other.randomId === randomIds.reply &&
        other.conversationId === draft.conversationId &&
        other.id !== id &&
        (other.partId === partId || (other.mayHavePart && Math.abs(other.sentAt - sentAt) < maxCreationMs)),
    );
  }

  #set({ id, draft, randomIds, sentAt }: SentReference, mayHavePart: boolean, partId: string | null): void {
    const { conversationId } = draft;
    const reply = { id, conversationId, randomId: randomIds.reply, sentAt, mayHavePart, partId };
    const index = this.#replies.findLastIndex((known) => known.id === id);
    if (index !== -1) this.#replies[index] = reply;
    else this.#replies.push(reply);
    if (this.#replies.length > maxReplies) this.#replies.shift();
  }
}
