/** Selects the cases of a run. */

import type { BenchCase } from './bench-cases.ts';
import type { Options } from './options.ts';

/** Baselines are always included, for the comparison. */
export function selectCases(
  cases: readonly BenchCase[],
  { only, isQuick }: Pick<Options, 'only' | 'isQuick'>,
): BenchCase[] {
  const isWanted = (benchCase: BenchCase, server: string): boolean => {
    if (only && !only.test(`${benchCase.name} ${server}`)) return false;
    if (!isQuick) return true;
    return benchCase.delayMs === 0 && (benchCase.isShort || server.startsWith('gateway'));
  };
  const wanted = new Map(
    cases.map((benchCase) => [
      benchCase.name,
      new Set(benchCase.servers.filter((server) => isWanted(benchCase, server))),
    ]),
  );
  for (const { name, baseline } of cases) {
    if (wanted.get(name)?.size) wanted.get(baseline.case ?? name)?.add(baseline.server);
  }
  return cases
    .map((benchCase) => ({
      ...benchCase,
      servers: benchCase.servers.filter((server) => wanted.get(benchCase.name)?.has(server)),
    }))
    .filter(({ servers }) => servers.length > 0);
}
