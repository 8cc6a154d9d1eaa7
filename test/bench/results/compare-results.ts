/** Prints the changes of the ratios since the written results. */

import type { Row } from '../measure/summarize.ts';
import type { Results } from './results-file.ts';
import { printRatio, printTable } from './results-table.ts';

/** A table of the rows that both results have; baselines, which are always 1, are omitted. */
export function compareResults(now: Results, before: Results, titles: ReadonlyMap<string, string>): string {
  const lines = now.rows.flatMap((row) => {
    const old = before.rows.find((other) => other.case === row.case && other.server === row.server);
    const moves = compareRatios(row, old);
    return moves ? [[row.case, titles.get(row.server) ?? row.server, ...moves]] : [];
  });
  if (lines.length === 0) return 'There is nothing to compare.\n';
  return printTable([
    ['case', 'server', 'ratio of requests/s', 'before', 'moved', 'ratio of CPU', 'before', 'moved'],
    ...lines,
  ]);
}

function compareRatios(row: Row, old: Row | undefined): string[] | null {
  const [rate, oldRate] = [row.ratios.requestsPerSecond, old?.ratios.requestsPerSecond];
  if (!rate || !oldRate || (rate.min === 1 && rate.max === 1)) return null;
  const [cpu, oldCpu] = [row.ratios.cpuSecondsPer1000, old?.ratios.cpuSecondsPer1000];
  return [
    printRatio(rate),
    printRatio(oldRate),
    printMove(rate.median, oldRate.median),
    ...(cpu && oldCpu
      ? [printRatio(cpu), printRatio(oldCpu), printMove(cpu.median, oldCpu.median)]
      : ['–', '–', '–']),
  ];
}

/** `+3 %`. */
function printMove(now: number, before: number): string {
  const percent = Math.round((now / before - 1) * 100);
  return `${percent > 0 ? '+' : ''}${percent} %`;
}
