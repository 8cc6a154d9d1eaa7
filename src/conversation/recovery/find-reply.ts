/** Finds a reply among the parts of its conversation by the random id that it was sent with. */

import type { AssignPart, ConversationPart, PartAction, PartSender } from '../part.ts';
import type { PartsPage } from '../reading/read-parts.ts';
import type { ReplyAction, ReplyDraft, ReplySender } from '../reply.ts';
import type { RandomIds } from '../sending/random-ids.ts';

/** A reply that was sent, and what its part can be recognized by. */
export interface SentReference {
  readonly draft: ReplyDraft;
  readonly randomIds: RandomIds;
  /** When sending began, by `performance.now()`. */
  readonly sentAt: number;
  /** Identifies the reply: all calls with one idempotency key are one reply. */
  readonly id: string | symbol;
}

export interface FoundReply {
  readonly part: ConversationPart;
  readonly assignPart: AssignPart | null;
  /** Whether the conversation has the reply more than once; `part` is the first. */
  readonly isDuplicated: boolean;
}

/** Older parts are not searched. The clocks of Dashly's servers may differ. */
const marginSeconds = 60;
/** For a number that the caller chose, which an earlier reply may have as well: times are in full seconds, and clocks differ slightly. */
const chosenMarginSeconds = 5;

/** Whether Dashly keeps the random id of the reply: it is undocumented how it treats other numbers, and 0 is its default. */
export function isFindable({ randomIds }: SentReference): boolean {
  return randomIds.reply > 0;
}

/** Collects the matches from pages, newest first. */
export class ReplySearch {
  readonly #sent: SentReference;
  readonly #mayBeOfOther: (partId: string) => boolean;
  readonly #matches: ConversationPart[] = [];
  #assignPart: AssignPart | null = null;
  #isComplete = false;

  /** @param mayBeOfOther - Whether a part with the number of the reply may be that of another reply. */
  constructor(sent: SentReference, mayBeOfOther: (partId: string) => boolean) {
    this.#sent = sent;
    this.#mayBeOfOther = mayBeOfOther;
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
    const sentAt = date === null ? null : this.#sentAt(date);
    for (const part of parts) {
      if (sentAt !== null && part.createdAt < sentAt - marginSeconds) this.#isComplete = true;
      else this.#match(part, sentAt);
    }
    if (nextBefore === null) this.#isComplete = true;
  }

  /** On the clock of Dashly, since that of the gateway may be wrong. `date` is the present time there. */
  #sentAt(date: number): number {
    return date - (performance.now() - this.#sent.sentAt) / 1000;
  }

  /** `sentAt` is null if Dashly's clock is unknown. */
  #match(part: PartsPage['parts'][number], sentAt: number | null): void {
    const { draft, randomIds } = this.#sent;
    if (part.kind === 'assignPart') {
      if (part.randomId === randomIds.assignment) this.#assignPart ??= part;
    } else if (part.randomId === randomIds.reply) {
      // Other replies may have a number that the caller chose.
      const isChosen = draft.randomId !== null;
      const isInTime =
        sentAt !== null &&
        part.createdAt >= sentAt - chosenMarginSeconds &&
        part.createdAt <= sentAt + marginSeconds;
      if (!isChosen || (isInTime && isPartOf(part, draft) && !this.#mayBeOfOther(part.id))) {
        this.#matches.push(part);
      }
    }
  }
}

function isPartOf(part: ConversationPart, draft: ReplyDraft): boolean {
  const isChanged = part.editedAt !== null || part.removedAt !== null;
  return (
    (draft.from === null || isSender(part.from, draft.from)) &&
    part.type === typeOf(draft) &&
    (part.externalId ?? '') === (draft.externalId ?? '') &&
    part.attachments.length === (draft.attachment ? 1 : 0) &&
    (isChanged || (part.body === (draft.body ?? '') && hasActionsOf(part, draft)))
  );
}

function hasActionsOf({ actions }: ConversationPart, draft: ReplyDraft): boolean {
  const bodiesOf = (list: readonly (PartAction | ReplyAction)[] | null): string =>
    JSON.stringify(list?.map((action) => (action.kind === 'quickReply' ? action.body : null)) ?? []);
  return bodiesOf(actions) === bodiesOf(draft.actions);
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
