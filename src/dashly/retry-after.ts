/** Reads the header `Retry-After`, which Dashly does not document but a proxy or Dashly may send. */

const maxSeconds = 2 ** 31 - 1;

/** Whole seconds from `now` (milliseconds since the epoch), at least 0; null where the header says nothing usable. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - now) / 1000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), maxSeconds);
}
