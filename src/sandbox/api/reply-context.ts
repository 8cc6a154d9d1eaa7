/** The context in which the response to one valid reply is composed. */
import { exactNumber } from '../exact-json.ts';
import type { SandboxState } from '../sandbox-state.ts';
import type { ReplyRequest } from './check-reply.ts';
import type { Attachment, JsonId } from './conversation-part.ts';
import type { UploadedFile } from './form/parse-multipart.ts';

export interface ReplyContext {
  request: ReplyRequest;
  /** The id of the part that is created, in digits. */
  partId: string;
  /** The time of creation in whole seconds since the epoch. */
  now: number;
  /** The base URL of the sandbox, without a trailing slash. */
  url: string;
  /** The group of the conversation's parts. */
  partGroup: JsonId;
  /** Writes an id in the form that the client requested. */
  asId(digits: string): JsonId;
  /** Generates an id in that form. */
  newId(): JsonId;
  /** Stores a file for download, and describes it. */
  storeFile(file: Omit<UploadedFile, 'fieldName'>): Attachment;
}

/** With `numericIds` ids are numbers even if the client requested strings. */
export function createReplyContext(
  state: SandboxState,
  request: ReplyRequest,
  { numericIds }: { numericIds: boolean },
): ReplyContext {
  const now = Math.floor(Date.now() / 1_000);
  const asId = (digits: string): JsonId => (request.idAsString && !numericIds ? digits : exactNumber(digits));
  return {
    request,
    partId: state.newId(),
    now,
    url: state.url,
    partGroup: asId(state.partGroupOf(request.conversationId)),
    asId,
    newId: () => asId(state.newId()),
    storeFile: ({ filename, mimeType, bytes }) => {
      const id = state.newId();
      // The bytes may be a view of a whole body, which they keep in memory.
      state.files.add({ id, filename, mimeType, bytes }, bytes.buffer.byteLength);
      // Clients resolve a name of dots alone as a folder.
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
