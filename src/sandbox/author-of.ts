/** Says who wrote a part, in a word or two. */
import type { Admin, ConversationPart, JsonId } from './conversation-part.ts';
import { digitsOf } from './digits-of.ts';
import { isJsonObject } from './exact-json.ts';
import { sandboxUserId } from './sandbox-user-id.ts';

/** A side of a conversation, and how it is called. */
export interface Author {
  isVisitor: boolean;
  name: string;
}

/** Where `from` is an id alone, it is a visitor; where it is null, nobody says who it was. */
export function authorOf({ from }: Pick<ConversationPart, 'from'>): Author {
  if (from === null) return { isVisitor: false, name: 'Unknown' };
  if (isAdmin(from)) return { isVisitor: false, name: from.name };
  const id = digitsOf(from);
  return { isVisitor: true, name: id === sandboxUserId ? 'Visitor' : `Visitor ${id}` };
}

function isAdmin(from: JsonId | Admin): from is Admin {
  return isJsonObject(from);
}
