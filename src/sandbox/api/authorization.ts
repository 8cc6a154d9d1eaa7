/** The sandbox's token, and how the `Authorization` header is read. */

/** Sent as `Authorization: Token sandbox` or `Authorization: Bearer sandbox`; a constant, so that examples work unchanged. */
export const sandboxToken = 'sandbox';

/** The parts of an `Authorization` header; both null if the header is missing. */
export interface Authorization {
  /** The word before the token, such as `Token`, as it was written; null if there is only one word. */
  scheme: string | null;
  token: string | null;
}

/** Splits the header at its first run of spaces; never fails. */
export function readAuthorization(header: string | undefined): Authorization {
  if (header === undefined) return { scheme: null, token: null };
  const [, scheme, token] = /^(\S+) +(.+)$/.exec(header) ?? [];
  if (scheme === undefined || token === undefined) return { scheme: null, token: header };
  return { scheme, token };
}

/** Whether this is the sandbox's token, under either scheme. The names of schemes are case-insensitive in HTTP. */
export function isAuthorized({ scheme, token }: Authorization): boolean {
  return token === sandboxToken && scheme !== null && /^(token|bearer)$/i.test(scheme);
}
