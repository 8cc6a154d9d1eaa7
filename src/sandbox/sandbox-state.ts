/** What one sandbox remembers while it runs. */

import type { ConversationPart } from './api/conversation-part.ts';
import { BoundedLog } from './bounded-log.ts';
import { createIdMint } from './create-id-mint.ts';
import { PageEvents } from './pages/page-events.ts';
import type { ReceivedReply } from './received-reply.ts';
import { type RefusedReply, weighRefusal } from './refused-reply.ts';

/** A file that can be downloaded. */
export interface KeptFile {
  id: string;
  filename: string;
  mimeType: string;
  bytes: Uint8Array;
}

/** A part for those who look at the pages, whoever made it and whatever the caller got to hear of it. */
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

/** The memory of one sandbox, in which nothing survives its end. */
export interface SandboxState {
  url: string;
  received: BoundedLog<ReceivedReply>;
  files: BoundedLog<KeptFile>;
  /** What was created, by a call or by a press, whatever became of the answer; oldest first. */
  parts: readonly KeptPart[];
  /** The last replies that created nothing, oldest first. */
  refused: readonly RefusedReply[];
  /** Those who want to hear of changes. */
  events: PageEvents;
  /** Remembers a part, and says so to `events`. */
  keepPart(part: Omit<KeptPart, 'pressed'>): void;
  /** Remembers a reply that created nothing, and says so to `events`. */
  keepRefused(reply: RefusedReply): void;
  mintId(): string;
  /** The id of the group of a conversation's parts, in digits: the same each time. */
  partGroupOf(conversationId: string): string;
}

const mebibyte = 1024 * 1024;

/** How much is remembered of each, whichever limit is met first. A file shares its bytes with the call that brought it. */
const memory = {
  received: { maxItems: 1_000, maxBytes: 128 * mebibyte },
  files: { maxItems: 1_000, maxBytes: 64 * mebibyte },
  parts: { maxItems: 1_000, maxBytes: 64 * mebibyte },
  /** Each page shows all of it. */
  refused: { maxItems: 50, maxBytes: mebibyte / 4 },
};

/** An empty memory for a sandbox that listens at `url`. */
export function createSandboxState(url: string): SandboxState {
  const mintId = createIdMint();
  const partGroups = new Map<string, string>();
  const parts = new BoundedLog<KeptPart>(memory.parts);
  const refused = new BoundedLog<RefusedReply>(memory.refused);
  const events = new PageEvents();
  return {
    url,
    received: new BoundedLog(memory.received),
    files: new BoundedLog(memory.files),
    parts: parts.items,
    refused: refused.items,
    events,
    keepPart: (kept) => {
      parts.add({ ...kept, pressed: null }, weigh(kept.part));
      events.tell();
    },
    keepRefused: (reply) => {
      refused.add(reply, weighRefusal(reply));
      events.tell();
    },
    mintId,
    partGroupOf: (conversationId) => {
      const group = partGroups.get(conversationId) ?? mintId();
      partGroups.set(conversationId, group);
      return group;
    },
  };
}

/** About how many bytes of memory a part takes: its texts, and the values that were parsed from JSON. */
function weigh({ actions, body_json, meta_data, ...rest }: ConversationPart): number {
  const lengthOf = (value: unknown) => JSON.stringify(value).length;
  return 2 * lengthOf(rest) + 24 * lengthOf([actions, body_json, meta_data]) + 1_000;
}
