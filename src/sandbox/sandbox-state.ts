/** What a sandbox stores while it runs, in memory and within limits. */
import type { ConversationPart } from './api/conversation-part.ts';
import type { UploadedFile } from './api/form/parse-multipart.ts';
import { BoundedLog } from './bounded-log.ts';
import { digitsOf } from './exact-json.ts';
import { PageEvents } from './pages/page-events.ts';
import { type RefusedReply, sizeOfRefusal } from './refused-reply.ts';

/** A call of the reply endpoint that arrived completely, whether or not it was refused. */
export interface ReceivedReply {
  /** From the path, as it was written there; not always a valid id. */
  conversationId: string;
  method: string;
  /** As it was requested, with the query string. */
  path: string;
  /** Names in lower case. Without `authorization`: its value is only in `token`. */
  headers: Readonly<Record<string, string>>;
  /** The scheme of the `Authorization` header, null if there is none. */
  scheme: string | null;
  /** The token of the `Authorization` header, null if there is none. */
  token: string | null;
  /** The `Content-Type` header as it was sent, null if there is none. */
  contentType: string | null;
  /** Every parameter in order of arrival, repeats included: the query string's, then the body's. */
  fields: ReadonlyArray<readonly [name: string, value: string]>;
  /** The `attachment`, or else the first file with another name; absent if no file was sent. */
  file?: UploadedFile;
  receivedAt: Date;
  /** The id of the part that this call created, in digits; null if it created nothing. */
  partId: string | null;
}

/** A file that can be downloaded. */
interface StoredFile extends Omit<UploadedFile, 'fieldName'> {
  id: string;
}

/** A part that exists, even if the client got an error. */
export interface StoredPart {
  /** The part's id in digits. */
  readonly id: string;
  /** In digits; always a conversation that has a scenario. */
  readonly conversationId: string;
  /** With every optional field, ids in digits; without `assign_part`, which is a part of its own. */
  readonly part: ConversationPart;
  /** The time of `performance.now()` from which the API returns the part. */
  readonly readableFrom: number;
  /** The index in `actions` of the button that the visitor clicked; null before that. */
  clicked: number | null;
}

export interface SandboxState {
  /** The base URL of the sandbox, without a trailing slash. */
  url: string;
  received: BoundedLog<ReceivedReply>;
  files: BoundedLog<StoredFile>;
  /** The parts that calls and clicks created, oldest first. */
  parts: readonly StoredPart[];
  /** The parts that the conversations have from the start; they stay, and are never many. */
  earlierParts: readonly StoredPart[];
  /** The last replies that created nothing, oldest first. */
  refused: readonly RefusedReply[];
  /** Notified of every change. */
  events: PageEvents;
  /** Adds a part and its `assign_part`, in this order. It can be read after `delayMs`. */
  addPart(part: ConversationPart, options?: { delayMs?: number }): void;
  /** The parts of a conversation, oldest first. */
  partsOf(conversationId: string): readonly StoredPart[];
  addRefusedReply(reply: RefusedReply): void;
  newId(): string;
  /** The id of the group of a conversation's parts, in digits; always the same one. */
  partGroupOf(conversationId: string): string;
}

const mebibyte = 1024 * 1024;

/** How much is stored of each, whichever limit is reached first. A file shares its bytes with the call that sent it. */
const limits = {
  received: { maxItems: 1_000, maxBytes: 128 * mebibyte },
  files: { maxItems: 1_000, maxBytes: 64 * mebibyte },
  parts: { maxItems: 1_000, maxBytes: 64 * mebibyte },
  /** Every page shows all of them. */
  refused: { maxItems: 50, maxBytes: mebibyte / 4 },
};

/** The state of a new sandbox at this base URL. */
export function createSandboxState(url: string): SandboxState {
  const newId = createIdGenerator();
  const partGroups = new Map<string, string>();
  const parts = new BoundedLog<StoredPart>(limits.parts);
  const refused = new BoundedLog<RefusedReply>(limits.refused);
  const events = new PageEvents();
  const state: SandboxState = {
    url,
    received: new BoundedLog(limits.received),
    files: new BoundedLog(limits.files),
    parts: parts.items,
    earlierParts: [],
    refused: refused.items,
    events,
    addPart: ({ assign_part: assignPart, ...part }, { delayMs = 0 } = {}) => {
      const readableFrom = performance.now() + delayMs;
      for (const added of assignPart === undefined ? [part] : [part, assignPart]) {
        const ids = { id: digitsOf(added.id), conversationId: digitsOf(added.conversation) };
        parts.add({ ...ids, part: added, readableFrom, clicked: null }, sizeOfPart(added));
      }
      events.notify();
    },
    partsOf: (conversationId) =>
      [...state.earlierParts, ...parts.items].filter((part) => part.conversationId === conversationId),
    addRefusedReply: (reply) => {
      refused.add(reply, sizeOfRefusal(reply));
      events.notify();
    },
    newId,
    partGroupOf: (conversationId) => {
      const group = partGroups.get(conversationId) ?? newId();
      partGroups.set(conversationId, group);
      return group;
    },
  };
  return state;
}

/**
 * A generator of increasing ids of 61 bits, unique across restarts. They are always odd, and doubles of this
 * size are multiples of 256, so an id shows if a client has read it as a double.
 */
export function createIdGenerator(now: number = Date.now()): () => string {
  let last = (BigInt(now) << 20n) | 1n;
  return () => {
    last += 2n;
    return last.toString();
  };
}

/** The approximate memory of a part in bytes: of its texts, and of the values that were parsed from JSON. */
function sizeOfPart({ actions, body_json, meta_data, ...rest }: ConversationPart): number {
  const lengthOf = (value: unknown) => JSON.stringify(value).length;
  return 2 * lengthOf(rest) + 24 * lengthOf([actions, body_json, meta_data]) + 1_000;
}
