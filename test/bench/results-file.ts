/** `RESULTS.md`: what a run found, for people, and in a comment at its end for the next run. */

import type { MemorySample } from './measure-memory.ts';
import type { Spread } from './statistics.ts';
import type { Row } from './summarize.ts';

/** All that a run found. */
export interface Results {
  readonly rows: readonly Row[];
  /** From the start of the process to the first 200 of `/ready`, in milliseconds; null where it was not measured. */
  readonly startMs: Spread | null;
  /** Empty where it was not measured. */
  readonly memory: readonly MemorySample[];
}

const opening = '<!-- results ';
const closing = ' -->';

/** The comment that `readResults` reads. */
export function encodeResults(results: Results): string {
  const round = (_name: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  // Nothing in it may end the comment.
  return opening + JSON.stringify(results, round).replaceAll('-->', '') + closing;
}

/** Null where the text has no results in it. */
export function readResults(text: string): Results | null {
  const from = text.lastIndexOf(opening);
  const to = text.indexOf(closing, from);
  return from === -1 || to === -1 ? null : JSON.parse(text.slice(from + opening.length, to));
}
