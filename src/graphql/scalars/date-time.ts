/** The `DateTime` scalar: converts seconds since the epoch to an RFC 3339 string in UTC. */

import { builder } from '../builder.ts';

builder.scalarType('DateTime', {
  description:
    'A date and time in UTC, formatted by RFC 3339, such as `2023-05-29T09:27:20.000Z`. The fraction has three ' +
    'digits, or six if Dashly sent microseconds.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize(seconds: number): string {
    // Cached: most parts have the same second as the one before, and creating a Date is slow.
    if (seconds !== latest.seconds) latest = { seconds, text: formatSeconds(seconds) };
    return latest.text;
  },
});

let latest = { seconds: 0, text: formatSeconds(0) };

/** Formats seconds since the epoch (0 to the end of the year 9999) with milliseconds, or with microseconds if needed. */
function formatSeconds(seconds: number): string {
  const microseconds = Math.round(seconds * 1e6);
  const text = new Date(Math.floor(microseconds / 1000)).toISOString();
  const rest = microseconds % 1000;
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
