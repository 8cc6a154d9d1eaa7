/** The context in which the part of one valid reply is composed. Ids are digits. */
import type { SandboxState } from '../sandbox-state.ts';
import type { Author, ReplyRequest } from './check-reply.ts';
import type { Attachment } from './conversation-part.ts';
import type { UploadedFile } from './form/parse-multipart.ts';

export interface ReplyContext {
  request: ReplyRequest;
  /** The id of the part that is created. */
  partId: string;
  /** The time of creation in whole seconds since the epoch. */
  now: number;
  /** The base URL of the sandbox, without a trailing slash. */
  url: string;
  /** The group of the conversation's parts. */
  partGroup: string;
  newId(): string;
  /** Stores a file for download, and describes it. */
  storeFile(file: Omit<UploadedFile, 'fieldName'>): Attachment;
}

/** The context of a reply that arrives now. */
export function createReplyContext(state: SandboxState, request: ReplyRequest): ReplyContext {
  const now = Math.floor(Date.now() / 1_000);
  return {
    request,
    partId: state.newId(),
    now,
    url: state.url,
    partGroup: state.partGroupOf(request.conversationId),
    newId: state.newId,
    storeFile: ({ filename, mimeType, bytes }) => {
      const id = state.newId();
      // The bytes may be a view of a whole body, which they keep in memory.
      state.files.add({ id, filename, mimeType, bytes }, bytes.buffer.byteLength);
      // Clients resolve a name of dots alone as a folder.
      const pathName = /^\.+$/.test(filename) ? 'attachment' : encodeURIComponent(filename);
      return {
        type: 'file',
        id,
        filename,
        mime_type: mimeType,
        size: bytes.length,
        url: `${state.url}/attachments/${id}/${pathName}`,
        created: now,
      };
    },
  };
}

/** A text of this author, with the defaults of everything else. */
export function plainRequest(conversationId: string, author: Author, body: string): ReplyRequest {
  return {
    conversationId,
    author,
    type: author.kind === 'user' ? 'reply_user' : 'reply_admin',
    body,
    bodyJson: {},
    attachment: null,
    externalId: null,
    randomId: 0,
    autoAssign: null,
    autoAssignRandomId: 0,
    actions: null,
  };
}
