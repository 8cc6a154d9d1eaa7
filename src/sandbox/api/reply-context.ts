/** All that an answer to one checked reply is made from. */
import type { AskedReply } from '../asked-reply.ts';
import { exactNumber } from '../exact-json.ts';
import type { SandboxState } from '../sandbox-state.ts';
import type { SentFile } from '../sent-file.ts';
import type { Attachment, JsonId } from './conversation-part.ts';

/** One reply on its way to its answer, and what the sandbox lends it. */
export interface Scene {
  reply: AskedReply;
  /** The id of the part that is being created, in digits. */
  partId: string;
  /** The time of creation in whole seconds since the epoch. */
  now: number;
  /** Where the sandbox listens, without a slash at the end. */
  url: string;
  /** The group that the conversation's parts belong to. */
  partGroup: JsonId;
  /** An id in the form that the caller asked for. */
  asId(digits: string): JsonId;
  /** A fresh id in that form. */
  mintId(): JsonId;
  /** Keeps a file, so that it can be downloaded, and describes it. */
  keepFile(file: Omit<SentFile, 'fieldName'>): Attachment;
}

/** Sets the scene for one reply; `bareIds` gives ids as numbers whatever the caller asked for. */
export function setScene(state: SandboxState, reply: AskedReply, { bareIds }: { bareIds: boolean }): Scene {
  const now = Math.floor(Date.now() / 1_000);
  const asId = (digits: string): JsonId => (reply.idAsString && !bareIds ? digits : exactNumber(digits));
  return {
    reply,
    partId: state.mintId(),
    now,
    url: state.url,
    partGroup: asId(state.partGroupOf(reply.conversationId)),
    asId,
    mintId: () => asId(state.mintId()),
    keepFile: ({ filename, mimeType, bytes }) => {
      const id = state.mintId();
      // The bytes may be a view of a whole body, which they keep in memory.
      state.files.add({ id, filename, mimeType, bytes }, bytes.buffer.byteLength);
      // A name of dots alone would be taken for a folder on the way here.
      const pathName = /^\.+$/.test(filename) ? 'attachment' : encodeURIComponent(filename);
      return {
        type: 'file',
        id: asId(id),
        filename,
        mime_type: mimeType,
        size: bytes.length,
        url: `${state.url}/attachments/${id}/${pathName}`,
        created: now,
      };
    },
  };
}
