/** Finds a reply among the parts of its conversation by the random id that it was sent with. */

import type { AssignPart, ConversationPart } from '../part.ts';
import type { PartsPage } from '../reading/read-parts.ts';
import type { ReplyDraft } from '../reply.ts';
import type { RandomIds } from '../sending/random-ids.ts';

/** A reply that was sent, and what its part can be recognized by. */
export interface SentReference {
  readonly draft: ReplyDraft;
  readonly randomIds: RandomIds;
  /** When sending began, by `performance.now()`. */
  readonly sentAt: number;
}

export interface FoundReply {
  readonly part: ConversationPart;
  readonly assignPart: AssignPart | null;
  /** Whether the conversation has the reply more than once; `part` is the first. */
  readonly isDuplicated: boolean;
}

/** Older parts are not searched. The clocks of Dashly's servers may differ. */
const marginSeconds = 60;

/** Whether the random id proves which part the reply is. Another reply may have a number that its caller chose. */
export function isFindable({ draft }: SentReference): boolean {
  return draft.randomId === null;
}

/** Collects the matches from pages, newest first. */
export class ReplySearch {
  readonly #sent: SentReference;
  readonly #matches: ConversationPart[] = [];
  #assignPart: AssignPart | null = null;
  #isComplete = false;

  /** @param sent - A reply that is findable. */
  constructor(sent: SentReference) {
    this.#sent = sent;
  }

  /** Whether older pages cannot contain the reply. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Null if no page has the reply. An assignment alone is no proof. */
  get found(): FoundReply | null {
    const part = this.#matches.at(-1);
    return part ? { part, assignPart: this.#assignPart, isDuplicated: this.#matches.length > 1 } : null;
  }

  add({ parts, nextBefore, date }: PartsPage): void {
    const oldest = date === null ? Number.NEGATIVE_INFINITY : this.#sentAt(date) - marginSeconds;
    for (const part of parts) {
      if (part.createdAt < oldest) this.#isComplete = true;
      else this.#match(part);
    }
    if (nextBefore === null) this.#isComplete = true;
  }

  /** On the clock of Dashly, since that of the gateway may be wrong. `date` is the present time there. */
  #sentAt(date: number): number {
    return date - (performance.now() - this.#sent.sentAt) / 1000;
  }

  #match(part: PartsPage['parts'][number]): void {
    const { draft, randomIds } = this.#sent;
    if (part.kind === 'conversationPart') {
      if (part.randomId === randomIds.reply) this.#matches.push(part);
      return;
    }
    const isDrawn = draft.autoAssign?.randomId === null;
    if (isDrawn && part.randomId === randomIds.assignment) this.#assignPart ??= part;
  }
}
