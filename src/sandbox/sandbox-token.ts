/** The one token that a sandbox takes: the same everywhere, so that an example can be pasted. */

/** Sent as `Authorization: Token sandbox` or `Authorization: Bearer sandbox`. */
export const sandboxToken = 'sandbox';
