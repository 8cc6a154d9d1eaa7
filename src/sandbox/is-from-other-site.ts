/** Tells requests that a page of another site has made a browser send. */
import type { IncomingMessage } from 'node:http';

/**
 * Browsers say it themselves, in a header that no page can set; on plain HTTP beyond this machine they do not, and
 * send the origin of what is not a GET. What has neither header is not from a browser, or is a plain GET.
 */
export function isFromOtherSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase();
}
