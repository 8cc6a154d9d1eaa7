/** Reads an `Authorization` header into its scheme and its token, and says whether the sandbox takes it. */
import { sandboxToken } from '../sandbox-token.ts';

/** An `Authorization` header in its two halves; both null where the header was not sent. */
export interface Authorization {
  /** The word before the token as it was written, `Token` for one; null where there was only one word. */
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

/** Whether the call may go on: the sandbox's token, under either scheme, whose name has no case in HTTP. */
export function isAuthorized({ scheme, token }: Authorization): boolean {
  return token === sandboxToken && scheme !== null && /^(token|bearer)$/i.test(scheme);
}
