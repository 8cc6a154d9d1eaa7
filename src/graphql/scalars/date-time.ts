/** The `DateTime` scalar: seconds since the epoch inside, an RFC 3339 text in UTC outside. */

import { builder } from '../builder.ts';

builder.scalarType('DateTime', {
  description:
    'A moment in UTC as RFC 3339 writes it, such as `2023-05-29T09:27:20.000Z`; with up to six digits after the ' +
    'point where Dashly gave so many.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize(seconds: number): string {
    // Most parts were created in the same second as the one before, and a Date takes its time.
    if (seconds !== latest.seconds) latest = { seconds, text: formatSeconds(seconds) };
    return latest.text;
  },
});

let latest = { seconds: 0, text: formatSeconds(0) };

/** Writes seconds since the epoch (0 to the end of the year 9999) in milliseconds, or in microseconds if it has them. */
function formatSeconds(seconds: number): string {
  const microseconds = Math.round(seconds * 1e6);
  const text = new Date(Math.floor(microseconds / 1000)).toISOString();
  const rest = microseconds % 1000;
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
