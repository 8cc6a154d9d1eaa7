/** Reads the Dashly credential from the `Authorization` header of a caller. */

export interface DashlyCredential {
  /** The value of the header; secret. */
  readonly authorization: string;
  /** The token without its scheme; secret. */
  readonly token: string;
}

/**
 * Reads `Token …` or `Bearer …`, the schemes that Dashly accepts. Returns null for any other scheme: a browser may send a stored
 * password for this host, which must not reach Dashly.
 */
export function readDashlyCredential(header: string | undefined): DashlyCredential | null {
  const [authorization, token] = /^(?:token|bearer) +([\x21-\x7e]+)$/i.exec(header ?? '') ?? [];
  return authorization !== undefined && token !== undefined ? { authorization, token } : null;
}
