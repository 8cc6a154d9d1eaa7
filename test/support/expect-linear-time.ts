/** Compares the times for inputs of different lengths, so that the speed of the machine does not matter. */

import { expect } from 'vitest';

/**
 * Expects that no input takes more than five times as long per character as the first. With 16 times the length, a quadratic algorithm takes
 * 16 times as long. The inputs must become longer step by step, so that a slow algorithm fails instead of blocking for minutes.
 */
export function expectLinearTime(inputs: readonly string[], run: (input: string) => unknown): void {
  const perCharacter = (input: string) => fastest(() => run(input)) / input.length;
  const [first = '', ...longer] = inputs;
  const expected = perCharacter(first);
  for (const input of longer) {
    expect(perCharacter(input), `${input.length} characters`).toBeLessThan(5 * expected);
  }
}

/** The time of the fastest of several runs, in milliseconds, since the machine may delay any of them. */
function fastest(run: () => unknown): number {
  const times = Array.from({ length: 20 }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return Math.min(...times);
}
