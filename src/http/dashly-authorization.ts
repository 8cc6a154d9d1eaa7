/** The credentials for Dashly that a caller brings in its `Authorization` header. */

/**
 * The header as it came, where it is one that Dashly takes: `Token …` or `Bearer …`. Null for none and for any other
 * kind, such as a password that a browser remembers for this host: that is not Dashly's business.
 */
export function dashlyAuthorization(header: string | undefined): string | null {
  return header !== undefined && /^(?:token|bearer) +[\x21-\x7e]+$/i.test(header) ? header : null;
}
