/** The results as tables in Markdown, which are readable in a terminal, too. */

import type { BenchCase } from '../bench-cases.ts';
import { type Metric, metrics } from '../measure/measurement.ts';
import type { Spread } from '../measure/statistics.ts';
import type { Row } from '../measure/summarize.ts';
import { judge } from './goals.ts';

const columns: Record<Metric, { readonly title: string; readonly digits: number }> = {
  requestsPerSecond: { title: 'requests/s', digits: 0 },
  p50Ms: { title: 'p50, ms', digits: 2 },
  p99Ms: { title: 'p99, ms', digits: 2 },
  cpuSecondsPer1000: { title: 'CPU s per 1,000', digits: 3 },
  peakMegabytes: { title: 'peak memory, MB', digits: 0 },
};

/** One table for each case that has rows. */
export function printTables(
  rows: readonly Row[],
  cases: readonly BenchCase[],
  titles: ReadonlyMap<string, string>,
): string {
  return cases
    .map((benchCase) => {
      const own = rows.filter((row) => row.case === benchCase.name);
      if (own.length === 0) return null;
      const lines = own.map((row) => [
        titles.get(row.server) ?? row.server,
        ...metrics.map((metric) =>
          printCell(row.figures[metric], row.ratios[metric], columns[metric].digits),
        ),
        judge(row, own),
      ]);
      const header = ['server', ...metrics.map((metric) => columns[metric].title), 'goal'];
      return `### ${benchCase.title}\n\n${printTable([header, ...lines])}`;
    })
    .filter((text) => text !== null)
    .join('\n');
}

/** A median with its spread, and in bold the ratio with its spread. */
function printCell(figure: Spread | null, ratio: Spread | null, digits: number): string {
  if (!figure) return '–';
  const median = figure.median.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return ratio ? `${median} **×${printRatio(ratio)}**` : median;
}

/** `0.48 (0.46–0.50)`; the spread is omitted if it is zero. */
export function printRatio({ median, min, max }: Spread): string {
  const range = min === max ? '' : ` (${min.toFixed(2)}–${max.toFixed(2)})`;
  return median.toFixed(2) + range;
}

/** The first row is the header. */
export function printTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const print = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [header = [], ...rest] = lines.map(print);
  return [header, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`, ...rest].join('');
}
