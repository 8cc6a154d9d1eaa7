/** Parts that a client has to understand although they are not what it would expect. */
import { composePart, defaultAdmin } from '../api/compose-part.ts';
import type { ConversationPart } from '../api/conversation-part.ts';
import type { Scene } from '../api/reply-context.ts';
import { parseExactJson } from '../exact-json.ts';

/** Every enumeration holds a value that no page lists, and there is a field that nobody knows. */
export function composeUnknownKinds(scene: Scene): ConversationPart & { mood: string } {
  const part = composePart(scene);
  const isFromUser = scene.reply.author.kind === 'user';
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
      : { ...defaultAdmin(scene), id: scene.mintId(), name: 'Oracle', type: 'oracle' },
  };
}

/** As little as a part may hold: what may be absent is absent, what may be null is null, times are floats. */
export function composeSparse(scene: Scene): ConversationPart {
  return {
    id: scene.asId(scene.partId),
    created: scene.now + 0.25,
    conversation: scene.asId(scene.reply.conversationId),
    body: scene.reply.body,
    body_json: {},
    type: 'note',
    sent_via: '',
    meta_data: {},
    reply_type: 'no',
    edited: scene.now + 0.5,
    removed: scene.now + 0.75,
    part_group: null,
    from: null,
  };
}

/** The ordinary part, with no `assign_part` even where the reply assigns the conversation. */
export function composeUnassigned(scene: Scene): ConversationPart {
  const { assign_part: _, ...part } = composePart(scene);
  return part;
}

/** Files that nobody sent come first, and `meta_data` holds numbers that a double cannot. */
export function composeRich(scene: Scene): ConversationPart {
  const part = composePart(scene);
  const note = {
    filename: 'Привет "мир" 🎉.txt',
    mimeType: 'text/plain',
    bytes: utf8('Hello from the sandbox.\n'),
  };
  const table = { filename: 'empty.csv', mimeType: 'text/csv', bytes: utf8('') };
  return {
    ...part,
    attachments: [scene.keepFile(note), scene.keepFile(table), ...(part.attachments ?? [])],
    meta_data: parseExactJson(`{
      "account": 12345678901234567890,
      "ratio": 0.1000000000000000055511151231257827,
      "nested": {"list": [9007199254740993, -1.50, 1e400, "12345678901234567890", null, true]}
    }`) as object,
  };
}

/** With `auto_assign`, an `assign_part` made by the default admin that leaves the conversation to nobody. */
export function composeAssignedToNobody(scene: Scene): ConversationPart {
  const part = composePart(scene);
  if (part.assign_part === undefined) return part;
  return { ...part, assign_part: { ...part.assign_part, assignee: null, from: defaultAdmin(scene) } };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
