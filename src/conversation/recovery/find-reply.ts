/** Finds a reply among the parts of its conversation by the random id that it was sent with. */

import type { AssignPart, ConversationPart, PartSender } from '../part.ts';
import type { PartsPage } from '../reading/read-parts.ts';
import type { ReplyDraft, ReplySender } from '../reply.ts';
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

/** The clock of Dashly has full seconds, and a request may wait before it is sent. */
const marginSeconds = 60;

/** Whether Dashly keeps the random id of the reply: it is undocumented how it treats other numbers, and 0 is its default. */
export function isFindable({ randomIds }: SentReference): boolean {
  return randomIds.reply > 0;
}

/** Collects the matches from pages, newest first. */
export class ReplySearch {
  readonly #sent: SentReference;
  readonly #matches: ConversationPart[] = [];
  #assignPart: AssignPart | null = null;
  #isComplete = false;

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
    const earliest = date === null ? null : this.#earliestAt(date);
    for (const part of parts) {
      if (earliest !== null && part.createdAt < earliest) this.#isComplete = true;
      // A time in the future comes from another clock.
      else this.#match(part, date !== null && part.createdAt <= date + marginSeconds);
    }
    if (nextBefore === null) this.#isComplete = true;
  }

  /** Compares times on the clock of Dashly only: that of the gateway may be wrong. */
  #earliestAt(date: number): number {
    return date - (performance.now() - this.#sent.sentAt) / 1000 - marginSeconds;
  }

  #match(part: PartsPage['parts'][number], isTimeKnown: boolean): void {
    const { draft, randomIds } = this.#sent;
    if (part.kind === 'assignPart') {
      if (part.randomId === randomIds.assignment) this.#assignPart ??= part;
    } else if (part.randomId === randomIds.reply) {
      // Other replies may have a number that the caller chose.
      const isChosen = draft.randomId !== null;
      if (!isChosen || (isTimeKnown && isPartOf(part, draft))) this.#matches.push(part);
    }
  }
}

function isPartOf(part: ConversationPart, draft: ReplyDraft): boolean {
  const isChanged = part.editedAt !== null || part.removedAt !== null;
  return (
    (draft.from === null || isSender(part.from, draft.from)) &&
    part.type === typeOf(draft) &&
    (isChanged || part.body === (draft.body ?? ''))
  );
}

function isSender(from: PartSender | null, sender: ReplySender): boolean {
  switch (sender.kind) {
    case 'admin':
    case 'user':
      return from?.kind === sender.kind && from.id === sender.id;
    case 'defaultAdmin':
      return from?.kind === 'defaultAdmin' || from?.kind === 'admin';
    case 'defaultUser':
      return from?.kind === 'user';
  }
}

/** Dashly ignores the type of a reply from a user. */
function typeOf({ from, type }: ReplyDraft): ConversationPart['type'] {
  if (from?.kind === 'user' || from?.kind === 'defaultUser') return 'REPLY_USER';
  return type ?? 'REPLY_ADMIN';
}
