/** A part of a conversation as the sandbox remembers it for those who look at its pages. */
import type { ConversationPart } from './conversation-part.ts';

/** One part, whoever made it and whatever the caller got to hear of it. */
export interface KeptPart {
  /** The part's id in digits. */
  readonly id: string;
  /** In digits; always one of the conversations that the sandbox lists. */
  readonly conversationId: string;
  /** As it would be described to a caller. */
  readonly part: ConversationPart;
  /** The place in `actions` of the button that the visitor pressed; null as long as none was. */
  pressed: number | null;
}
