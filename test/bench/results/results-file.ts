/** `RESULTS.md`: the results of a run for people, and in a comment at its end for the next run. */

import type { MemorySample } from '../measure/measure-memory.ts';
import type { Spread } from '../measure/statistics.ts';
import type { Row } from '../measure/summarize.ts';

/** All results of a run. */
export interface Results {
  readonly rows: readonly Row[];
  /** From the start of the process to the first 200 of `/ready`, in milliseconds; null if not measured. */
  readonly startMs: Spread | null;
  /** Empty if not measured. */
  readonly memory: readonly MemorySample[];
}

const opening = '<!-- results ';
const closing = ' -->';

/** The comment that `readResults` parses. */
export function encodeResults(results: Results): string {
  const round = (_name: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  // The content must not end the comment.
  return opening + JSON.stringify(results, round).replaceAll('-->', '') + closing;
}

/** Null if the text contains no results. */
export function readResults(text: string): Results | null {
  const from = text.lastIndexOf(opening);
  const to = text.indexOf(closing, from);
  return from === -1 || to === -1 ? null : JSON.parse(text.slice(from + opening.length, to));
}
