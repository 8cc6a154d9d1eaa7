/** How long the parts of a reply may be, in characters (Unicode code points). */

/** Text of a quick-reply button; documented by Dashly. */
export const quickReplyBodyMaxLength = 300;

/** Name of an attached file; documented by Dashly. */
export const attachmentFileNameMaxLength = 255;

/** `externalId` and `referrer`: Dashly publishes no limit; 2,048 is what a URL may safely measure. */
export const referenceMaxLength = 2048;

/** `idempotencyKey`; a UUID has 36. */
export const idempotencyKeyMaxLength = 255;

/** The length of a text in characters; a pair of surrogates is one. */
export function characterCount(text: string): number {
  return [...text].length;
}

/** The largest answer that is read for one reply, in bytes: the answer echoes the request, at up to six bytes of JSON for one that was sent. */
export function replyAnswerMaxBytes(sentBytes: number): number {
  return 256 * 1024 + 6 * sentBytes;
}
