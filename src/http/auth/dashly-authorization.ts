/** The credential for Dashly that a caller sends in its `Authorization` header. */

export interface DashlyCredential {
  /** The value of the header, a secret. */
  readonly authorization: string;
  /** The token in it. */
  readonly token: string;
}

/**
 * Reads `Token …` or `Bearer …`, which Dashly accepts. Null without a header and for any other scheme, such as a password that a browser remembers
 * for this host: Dashly must not get that.
 */
export function readDashlyCredential(header: string | undefined): DashlyCredential | null {
  const [authorization, token] = /^(?:token|bearer) +([\x21-\x7e]+)$/i.exec(header ?? '') ?? [];
  return authorization !== undefined && token !== undefined ? { authorization, token } : null;
}
