/** Combines the rounds: the medians, and the ratios to the baseline of the same round. */

import type { BenchCase } from '../bench-cases.ts';
import { type MeasuredCell, type Metric, metrics } from './measurement.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** One row of a table. */
export interface Row {
  readonly case: string;
  readonly server: string;
  readonly figures: Readonly<Record<Metric, Spread | null>>;
  /** Ratios to the baseline of the same round. */
  readonly ratios: Readonly<Record<Metric, Spread | null>>;
}

/** In the order of the cases, and of the servers in each case. */
export function summarize(cells: readonly MeasuredCell[], cases: readonly BenchCase[]): Row[] {
  return cases.flatMap((benchCase) =>
    benchCase.servers.flatMap((server) => {
      const own = cells.filter((cell) => cell.case === benchCase.name && cell.server === server);
      return own.length === 0 ? [] : [summarizeCell(own, benchCase, cells)];
    }),
  );
}

function summarizeCell(
  own: readonly MeasuredCell[],
  benchCase: BenchCase,
  cells: readonly MeasuredCell[],
): Row {
  const { name, baseline } = benchCase;
  const ratioOf = ({ round, measurement }: MeasuredCell, metric: Metric): number | null => {
    const base = cells.find(
      (cell) =>
        cell.round === round && cell.server === baseline.server && cell.case === (baseline.case ?? name),
    );
    const [figure, baseFigure] = [measurement[metric], base?.measurement[metric]];
    return figure === null || !baseFigure ? null : figure / baseFigure;
  };
  const spreads = (read: (cell: MeasuredCell, metric: Metric) => number | null) =>
    Object.fromEntries(
      metrics.map((metric) => [
        metric,
        spreadOf(own.map((cell) => read(cell, metric)).filter((figure) => figure !== null)),
      ]),
    ) as Record<Metric, Spread | null>;
  return {
    case: name,
    server: own[0]?.server ?? '',
    figures: spreads(({ measurement }, metric) => measurement[metric]),
    ratios: spreads(ratioOf),
  };
}
