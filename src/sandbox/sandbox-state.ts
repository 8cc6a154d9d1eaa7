/** What one sandbox remembers while it runs. */
import { BoundedLog } from './bounded-log.ts';
import type { ConversationPart } from './conversation-part.ts';
import { createIdMint } from './create-id-mint.ts';
import { PageEvents } from './page-events.ts';
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
  /** Remembers a part that weighs so many bytes, and says so to `events`. */
  keepPart(part: Omit<KeptPart, 'pressed'>, bytes: number): void;
  /** Remembers a reply that created nothing, and says so to `events`. */
  keepRefused(reply: RefusedReply): void;
  mintId(): string;
  /** The id of the group of a conversation's parts, in digits: the same each time. */
  partGroupOf(conversationId: string): string;
}

/** How much is remembered: replies, files and parts each, whichever limit is met first. */
const memory = { maxItems: 1_000, maxBytes: 256 * 1024 * 1024 };

/** How much is remembered of replies that created nothing. Each page shows all of it. */
const refusedMemory = { maxItems: 50, maxBytes: 256 * 1024 };

/** An empty memory for a sandbox that listens at `url`. */
export function createSandboxState(url: string): SandboxState {
  const mintId = createIdMint();
  const partGroups = new Map<string, string>();
  const parts = new BoundedLog<KeptPart>(memory);
  const refused = new BoundedLog<RefusedReply>(refusedMemory);
  const events = new PageEvents();
  return {
    url,
    received: new BoundedLog(memory),
    files: new BoundedLog(memory),
    parts: parts.items,
    refused: refused.items,
    events,
    keepPart: (part, bytes) => {
      parts.add({ ...part, pressed: null }, bytes);
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
