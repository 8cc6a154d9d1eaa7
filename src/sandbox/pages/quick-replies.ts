/** What happens when a visitor presses a quick reply: "a reply with the corresponding content is sent to the chat". */
import type { ConversationPart } from '../api/conversation-part.ts';
import { isForCustomer, quickRepliesOf } from '../customer-part.ts';
import { exactNumber } from '../exact-json.ts';
import type { KeptPart, SandboxState } from '../sandbox-state.ts';
import { sandboxUserId } from '../sandbox-user-id.ts';

/**
 * Creates the visitor's part, with the button's `meta_data`, unless a button of this part was pressed before.
 * Returns the part that the button belongs to; null where the visitor has no such button.
 */
export function pressButton(state: SandboxState, partId: string, index: number): KeptPart | null {
  const asked = state.parts.find(({ id }) => id === partId);
  if (asked === undefined || !isForCustomer(asked.part)) return null;
  const button = quickRepliesOf(asked.part).find((it) => it.index === index);
  if (button === undefined) return null;
  if (asked.pressed !== null) return asked;

  asked.pressed = index;
  const { conversationId } = asked;
  const id = state.mintId();
  const part: ConversationPart = {
    id: exactNumber(id),
    created: Math.floor(Date.now() / 1_000),
    conversation: exactNumber(conversationId),
    body: button.body,
    body_json: {},
    direction: 'u2a',
    type: 'reply_user',
    sent_via: 'web_user',
    meta_data: button.metaData ?? {},
    reply_type: 'text',
    actions: null,
    edited: null,
    removed: null,
    external_id: null,
    part_group: exactNumber(state.partGroupOf(conversationId)),
    from: exactNumber(sandboxUserId),
  };
  state.keepPart({ id, conversationId, part });
  return asked;
}
