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

/** The latest replies of all callers: 33 a second for two minutes. */
const maxReplies = 4_000;

/** The part of a reply is created within this time after sending began. */
const maxCreationMs = 120_000;

export class ChosenNumbers {
  readonly #replies: ChosenReply[] = [];
  /** When the latest reply that is no longer remembered was sent. */
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  /** Call this before the reply is sent. */
  begin(sent: SentReference): void {
    if (sent.draft.randomId !== null) this.#add(describe(sent, true, null));
  }

  /** Call this when it is known which part the reply has; null if it has none. */
  end(sent: SentReference, partId: string | null): void {
    if (sent.draft.randomId === null) return;
    const reply = describe(sent, false, partId);
    // From the end, where it usually is: a search of all would be slow for each reply.
    const index = this.#replies.findLastIndex(({ id }) => id === sent.id);
    if (index === -1) this.#add(reply);
    else this.#replies[index] = reply;
  }

  /** Whether a part with the number of `sent` may be that of another reply. */
  mayBeOfOther({ id, draft, randomIds, sentAt }: SentReference, partId: string): boolean {
    // A caller that sends thousands of them must not hide those of others.
    if (sentAt - this.#forgottenUntil < maxCreationMs) return true;
    return this.#replies.some(
      (other) =>
        other.randomId === randomIds.reply &&
        other.conversationId === draft.conversationId &&
        other.id !== id &&
        (other.partId === partId || (other.mayHavePart && Math.abs(other.sentAt - sentAt) < maxCreationMs)),
    );
  }

  #add(reply: ChosenReply): void {
    this.#replies.push(reply);
    if (this.#replies.length <= maxReplies) return;
    const forgotten = this.#replies.shift();
    this.#forgottenUntil = Math.max(this.#forgottenUntil, forgotten?.sentAt ?? 0);
  }
}

function describe(
  { id, draft, randomIds, sentAt }: SentReference,
  mayHavePart: boolean,
  partId: string | null,
): ChosenReply {
  const { conversationId } = draft;
  return { id, conversationId, randomId: randomIds.reply, sentAt, mayHavePart, partId };
}
