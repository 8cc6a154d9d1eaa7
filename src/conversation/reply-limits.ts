/** The limits of a reply: lengths in characters (Unicode code points), and the size of the response. */

/** The text of a quick reply button; documented by Dashly. */
export const quickReplyBodyMaxLength = 300;

/** The name of an attached file; documented by Dashly. */
export const attachmentFileNameMaxLength = 255;

/** `externalId` and `referrer`. Dashly documents no limit; 2,048 is what URLs can safely have. */
export const referenceMaxLength = 2048;

/** `idempotencyKey`; a UUID has 36. */
export const idempotencyKeyMaxLength = 255;

/** The length of a text in characters; a surrogate pair is one. */
export function characterCount(text: string): number {
  return [...text].length;
}

/** The largest response to a reply that is read, in bytes: it repeats the request, with up to six bytes of JSON for each byte. */
export function replyResponseMaxBytes(sentBytes: number): number {
  return 256 * 1024 + 6 * sentBytes;
}

/** The largest page of parts that is read, in bytes. A normal one has about 20 KiB. */
export const readResponseMaxBytes = 4 * 1024 * 1024;
