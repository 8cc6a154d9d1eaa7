/** Composes unusual parts that a client must still be able to read. */
import { composePart, defaultAdmin } from '../api/compose-part.ts';
import type { ConversationPart } from '../api/conversation-part.ts';
import type { ReplyContext } from '../api/reply-context.ts';
import { parseExactJson } from '../exact-json.ts';

/** Every enumeration has an undocumented value, and there is an undocumented field. */
export function composeUndocumented(context: ReplyContext): ConversationPart & { mood: string } {
  const part = composePart(context);
  const isFromUser = context.request.author.kind === 'user';
  return {
    ...part,
    direction: 'u2u',
    type: 'reply_hologram',
    sent_via: 'smart_mirror',
    reply_type: 'gesture',
    actions: [
      ...(part.actions ?? []),
      { type: 'quick_reply', body: 'Wave', meta_data: { id: 1 } },
      { type: 'date_picker', min: '2026-01-01', max: '2026-12-31' },
    ],
    mood: 'curious',
    from: isFromUser
      ? part.from
      : { ...defaultAdmin(context), id: context.newId(), name: 'Oracle', type: 'oracle' },
  };
}

/** As little as a part may contain: what may be absent is absent, what may be null is null; times have fractions. */
export function composeSparse(context: ReplyContext): ConversationPart {
  return {
    id: context.partId,
    created: context.now + 0.25,
    conversation: context.request.conversationId,
    body: context.request.body,
    body_json: {},
    type: 'note',
    sent_via: '',
    meta_data: {},
    reply_type: 'no',
    edited: context.now + 0.5,
    removed: context.now + 0.75,
    part_group: null,
    from: null,
  };
}

/** The ordinary part, without `assign_part` even if the reply assigns the conversation. */
export function composeWithoutAssignPart(context: ReplyContext): ConversationPart {
  const { assign_part: _, ...part } = composePart(context);
  return part;
}

/** Two files that were not sent come first, and `meta_data` has numbers that a double cannot hold. */
export function composeRich(context: ReplyContext): ConversationPart {
  const part = composePart(context);
  const note = {
    filename: 'Привет "мир" 🎉.txt',
    mimeType: 'text/plain',
    bytes: utf8('Hello from the sandbox.\n'),
  };
  const table = { filename: 'empty.csv', mimeType: 'text/csv', bytes: utf8('') };
  return {
    ...part,
    attachments: [context.storeFile(note), context.storeFile(table), ...(part.attachments ?? [])],
    meta_data: parseExactJson(`{
      "account": 12345678901234567890,
      "ratio": 0.1000000000000000055511151231257827,
      "nested": {"list": [9007199254740993, -1.50, 1e400, "12345678901234567890", null, true]}
    }`) as object,
  };
}

/** With `auto_assign`, an `assign_part` from the default admin, without an assignee. */
export function composeWithoutAssignee(context: ReplyContext): ConversationPart {
  const part = composePart(context);
  if (part.assign_part === undefined) return part;
  return { ...part, assign_part: { ...part.assign_part, assignee: null, from: defaultAdmin(context) } };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
