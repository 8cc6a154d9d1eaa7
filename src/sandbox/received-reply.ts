/** What a sandbox remembers of a reply that somebody asked it for. */
import type { SentFile } from './sent-file.ts';

/** One call of the reply endpoint that arrived whole, whether or not it was then refused. */
export interface ReceivedReply {
  /** From the path, as it was written there; not always a valid id. */
  conversationId: string;
  method: string;
  /** As it was requested, with the query string. */
  path: string;
  /** Names in lower case. Without `authorization`: its value is only in `token`. */
  headers: Readonly<Record<string, string>>;
  /** The scheme of the `Authorization` header, null where there was none. */
  scheme: string | null;
  /** The token of the `Authorization` header, null where there was none. */
  token: string | null;
  /** The body's media type with its parameters, as it was sent; null where none was. */
  contentType: string | null;
  /** Every parameter in order of arrival, repeats included: the query string's, then the body's. */
  fields: ReadonlyArray<readonly [name: string, value: string]>;
  /** The `attachment`, else the first file of another name; absent where no file came. */
  file?: SentFile;
  receivedAt: Date;
  /** The id of the part that this call created, in digits; null where it created nothing. */
  partId: string | null;
}
