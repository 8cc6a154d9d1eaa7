/** Reads the header `Retry-After`, which Dashly does not document but a proxy or Dashly may send. */

const maxSeconds = 2 ** 31 - 1;

/** `Sun, 06 Nov 1994 08:49:37 GMT`, or the older `Sunday, 06-Nov-94 …`; `Date.parse` alone would read nearly anything. */
const httpDate = /^[A-Z][a-z]+, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/;

/** Whole seconds from `now` (milliseconds since the epoch), at least 0; null where the header says nothing usable. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const date = httpDate.test(header) ? Date.parse(header) : Number.NaN;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((date - now) / 1000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), maxSeconds);
}
