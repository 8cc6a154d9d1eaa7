/** The token in a value of the header `Authorization`, however the scheme before it is written. */
export function tokenOf(authorization: string): string {
  return authorization.slice(authorization.lastIndexOf(' ') + 1);
}
