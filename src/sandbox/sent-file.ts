/** A file as it came out of a multipart body. */

/** One file part, its bytes exactly as they were sent. */
export interface SentFile {
  /** The name of the form field that it came in. */
  fieldName: string;
  /** As the part says; never empty. */
  filename: string;
  /** The part's own content type, `application/octet-stream` where it names none. */
  mimeType: string;
  bytes: Uint8Array;
}
